//! As much of HTML as the provider's forms are made of.

use url::Url;
use url::form_urlencoded::Serializer;

/// The one form on a page.
#[derive(Debug)]
pub struct Form {
    /// Where it is posted to.
    pub action: Url,
    /// What it carries without being shown.
    hidden: Vec<(String, String)>,
}

impl Form {
    /// Finds the form; addresses are relative to `base`.
    pub fn find(html: &str, base: &Url) -> Option<Self> {
        let form = html.split_once("<form ")?.1;
        let action = base.join(&attribute(form, "action")?).ok()?;
        let inside = form.split("</form>").next()?;
        let hidden = inside
            .split("<input ")
            .skip(1)
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
            .collect();
        Some(Self { action, hidden })
    }

    /// What is posted when these fields are filled in.
    pub fn filled(&self, fields: &[(&str, &str)]) -> String {
        let mut body = Serializer::new(String::new());
        body.extend_pairs(&self.hidden).extend_pairs(fields);
        body.finish()
    }
}

/// The title of a page.
pub fn title(html: &str) -> &str {
    html.split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"))
        .map_or("", |(title, _)| title)
}

/// An attribute of the tag that the text stands in.
fn attribute(text: &str, name: &str) -> Option<String> {
    let tag = text.split('>').next()?;
    let value = tag.split_once(&format!("{name}=\""))?.1.split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}
