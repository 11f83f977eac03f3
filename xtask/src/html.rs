//! Reads the tags of an HTML file that Trunk wrote: enough to see what it loads and what is inline. It is no parser for
//! strange HTML; the input is our own index.html and redirect.html.

/// A start tag with its attributes, names in lower case.
#[derive(Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The element's name.
    pub name: String,
    /// Its attributes; one without a value has an empty one.
    pub attributes: Vec<(String, &'a str)>,
}

impl Tag<'_> {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| *value)
    }
}

/// All start tags, in order, without those in comments and in the text of scripts.
pub fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (tag, after) = tag(rest);
            rest = if tag.name == "script" {
                after.find("</script").map_or("", |end| &after[end..])
            } else {
                after
            };
            found.push(tag);
        }
    }
    found
}

/// Reads one tag from behind its `<`; also gives what follows its `>`.
fn tag(text: &str) -> (Tag<'_>, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>' || c == '/')
        .unwrap_or(text.len());
    let name = text[..end].to_ascii_lowercase();
    let mut rest = &text[end..];
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            break;
        }
        if let Some(after) = rest.strip_prefix('>') {
            rest = after;
            break;
        }
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
            .unwrap_or(rest.len());
        // A stray `=` is stepped over, so that the loop always gets on.
        let key = &rest[..end.max(usize::from(rest.starts_with('=')))];
        rest = rest[key.len()..].trim_start();
        let value = match rest.strip_prefix('=') {
            Some(after) => {
                let (value, after) = value(after.trim_start());
                rest = after;
                value
            }
            None => "",
        };
        attributes.push((key.to_ascii_lowercase(), value));
    }
    (Tag { name, attributes }, rest)
}

/// An attribute's value, quoted or not, and what follows.
fn value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::tags;

    #[test]
    fn tags_and_attributes_are_read() {
        let found = tags(
            "<!doctype html><html lang=en><!-- <img src=x> --><LINK Rel='preload' href=\"./a.wasm\"/><p hidden>a &lt; b</p>",
        );
        let names: Vec<&str> = found.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["html", "link", "p"]);
        assert_eq!(found[0].get("lang"), Some("en"));
        assert_eq!(found[1].get("rel"), Some("preload"));
        assert_eq!(found[1].get("href"), Some("./a.wasm"));
        assert_eq!(found[2].get("hidden"), Some(""));
    }

    #[test]
    fn the_text_of_a_script_is_not_markup() {
        let found = tags("<script>if (a<b) x('<img src=y>')</script><p>");
        assert_eq!(
            found.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(),
            ["script", "p"]
        );
    }

    #[test]
    fn broken_markup_ends() {
        for text in ["<", "<a", "<a =", "<a b=\"", "<script>", "<!--", "<a = = >", "<ä"] {
            let _ = tags(text);
        }
    }
}
