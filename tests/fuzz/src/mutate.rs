//! New inputs from old ones by a seeded generator, for where no fuzzer runs: the same ones in every run.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The seeds of one target and the words that its inputs are made of.
#[derive(Debug)]
pub struct Corpus {
    /// Inputs, written by hand.
    pub seeds: Vec<Vec<u8>>,
    /// Words to put in.
    pub words: Vec<Vec<u8>>,
}

impl Corpus {
    /// Reads the seeds of the target with this name, and its dictionary.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn read(target: &str) -> io::Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = fs::read_dir(folder.join("corpus").join(target))?;
        let mut files: Vec<PathBuf> = files.map(|file| Ok(file?.path())).collect::<io::Result<_>>()?;
        files.sort();
        let seeds = files.iter().map(fs::read).collect::<io::Result<_>>()?;
        let dictionary = fs::read_to_string(folder.join("dictionary").join(format!("{target}.txt")))?;
        let words = dictionary.lines().filter_map(word).collect();
        Ok(Self { seeds, words })
    }
}

/// The word of a line in libFuzzer's format: between the first and the last quotation mark, with `\\`, `\"` and `\xNN`.
fn word(line: &str) -> Option<Vec<u8>> {
    let line = line.trim();
    if line.starts_with('#') {
        return None;
    }
    let mut rest = line.split_once('"')?.1.strip_suffix('"')?.as_bytes();
    let mut word = Vec::new();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let byte = match (first, tail) {
            (b'\\', [b'x', high, low, after @ ..]) => {
                rest = after;
                let digit = |digit: &u8| (*digit as char).to_digit(16);
                u8::try_from(digit(high)? * 16 + digit(low)?).ok()?
            }
            (b'\\', [escaped, after @ ..]) => {
                rest = after;
                *escaped
            }
            (other, _) => *other,
        };
        word.push(byte);
    }
    Some(word)
}

/// A generator of inputs.
#[derive(Debug)]
pub struct Mutator {
    corpus: Corpus,
    state: u64,
}

impl Mutator {
    /// From a corpus; the same number makes the same inputs.
    pub fn new(corpus: Corpus, number: u64) -> Self {
        Self { corpus, state: number }
    }

    /// The next input: a seed with a few changes.
    pub fn input(&mut self) -> Vec<u8> {
        let mut input = self.seed();
        for _ in 0..=self.below(4) {
            self.change(&mut input);
        }
        input.truncate(4096);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let to = at + self.below((input.len() - at).min(32) + 1);
        match self.below(9) {
            0 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            1 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = self.below(256) as u8;
                }
            }
            2 => drop(input.drain(at..to)),
            3 => input.truncate(at),
            4 => {
                let piece = input[at..to].to_vec();
                let there = self.below(input.len() + 1);
                input.splice(there..there, piece);
            }
            5 => {
                let other = self.seed();
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            6 => {
                let number = [0, 1, -1, 255, 4096, i64::MAX, i64::MIN, 1 << 53][self.below(8)].to_string();
                input.splice(at..to, number.into_bytes());
            }
            7 => {
                // The first two bytes choose; they deserve more than their share.
                let choice = self.below(2);
                if let Some(byte) = input.get_mut(choice) {
                    *byte = self.below(256) as u8;
                }
            }
            _ => {
                let word = self.below(self.corpus.words.len().max(1));
                let word = self.corpus.words.get(word).cloned().unwrap_or_default();
                let replaced = if self.below(2) == 0 { at } else { to };
                input.splice(at..replaced, word);
            }
        }
    }

    fn seed(&mut self) -> Vec<u8> {
        let which = self.below(self.corpus.seeds.len().max(1));
        self.corpus.seeds.get(which).cloned().unwrap_or_default()
    }

    /// A number below `end`, which is not zero.
    fn below(&mut self, end: usize) -> usize {
        // xorshift64*; the state is never zero.
        self.state = self.state.max(1);
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let high = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap_or_default() % end
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn words_are_read_as_libfuzzer_reads_them() {
        assert_eq!(word(r#"name="a\"b\\\x00c""#), Some(b"a\"b\\\0c".to_vec()));
        assert_eq!(word(r#""x=""#), Some(b"x=".to_vec()));
        assert_eq!(word("# \"no\""), None);
        assert_eq!(word(""), None);
    }
}
