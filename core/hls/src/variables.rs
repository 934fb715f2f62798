use crate::Fault;
use crate::attributes::Attributes;

/// The most `EXT-X-DEFINE` tags with a value in one playlist. The limit bounds the cost of a look-up.
pub const MAX_VARIABLES: usize = 64;

/// The most bytes of a URI once its variables are filled in. The limit keeps the output linear in the input.
pub const MAX_EXPANDED: usize = 4096;

/// The variables a playlist has defined so far (RFC 8216bis 4.3, 4.4.2.3).
#[derive(Default)]
pub(crate) struct Variables<'p> {
    defined: Vec<(&'p str, &'p str)>,
}

impl<'p> Variables<'p> {
    /// Reads one `EXT-X-DEFINE`. IMPORT and QUERYPARAM take their value from elsewhere, so they define nothing here.
    pub fn define(&mut self, list: &'p str) -> Result<(), Fault> {
        let (mut name, mut value) = (None, None);
        for attribute in Attributes::new(list) {
            let attribute = attribute?;
            match attribute.name {
                "NAME" => name = Some(attribute.value),
                "VALUE" => value = Some(attribute.value),
                _ => {}
            }
        }
        let (Some(name), Some(value)) = (name, value) else {
            return Ok(());
        };
        if self.get(name).is_some() || self.defined.len() == MAX_VARIABLES {
            return Err(Fault::Variable);
        }
        self.defined.push((name, value));
        Ok(())
    }

    fn get(&self, name: &str) -> Option<&'p str> {
        self.defined.iter().find(|(known, _)| *known == name).map(|&(_, value)| value)
    }

    /// Appends `text` to `out` with its references filled in, once. A value that itself holds a reference is refused,
    /// because a player would fill that reference in again.
    pub fn expand(&self, text: &str, out: &mut String) -> Result<(), Fault> {
        let start = out.len();
        let mut rest = text;
        while let Some((before, name, after)) = next_reference(rest) {
            out.push_str(before);
            out.push_str(self.get(name).ok_or(Fault::Variable)?);
            if out.len() - start > MAX_EXPANDED {
                return Err(Fault::TooLong);
            }
            rest = after;
        }
        out.push_str(rest);
        if out.len() - start > MAX_EXPANDED {
            return Err(Fault::TooLong);
        }
        if holds_reference(&out[start..]) {
            return Err(Fault::Variable);
        }
        Ok(())
    }
}

/// Whether `text` holds a `{$name}`. Anything that does not have this exact form is plain text.
pub(crate) fn holds_reference(text: &str) -> bool {
    memchr::memchr(b'{', text.as_bytes()).is_some() && next_reference(text).is_some()
}

/// Splits at the first reference: the text before it, its name, the text after it.
fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(found) = text[from..].find("{$") {
        let open = from + found;
        let name = &text[open + 2..];
        let length =
            name.bytes().position(|b| !(b.is_ascii_alphanumeric() || b == b'-' || b == b'_')).unwrap_or(name.len());
        if length > 0 && name.as_bytes().get(length) == Some(&b'}') {
            return Some((&text[..open], &name[..length], &name[length + 1..]));
        }
        from = open + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> Result<String, Fault> {
        let mut variables = Variables::default();
        variables.define(r#"NAME="a",VALUE="one""#)?;
        variables.define(r#"NAME="b-2_",VALUE="""#)?;
        variables.define(r#"NAME="nested",VALUE="{$a}""#)?;
        variables.define(r#"IMPORT="elsewhere""#)?;
        variables.define(r#"QUERYPARAM="token""#)?;
        let mut out = "kept".to_owned();
        variables.expand(text, &mut out)?;
        Ok(out)
    }

    #[test]
    fn references_are_filled_in_once() {
        assert_eq!(expand("{$a}/x{$b-2_}?{$a}").as_deref(), Ok("keptone/x?one"));
        assert_eq!(expand("{a}{$}{$a{$a}$a").as_deref(), Ok("kept{a}{$}{$aone$a"));
        for unknown in ["{$c}", "{$elsewhere}", "{$token}", "{$nested}", "{$A}"] {
            assert_eq!(expand(unknown), Err(Fault::Variable), "{unknown}");
        }
    }

    #[test]
    fn definitions_and_growth_are_bounded() {
        let mut variables = Variables::default();
        variables.define(r#"NAME="a",VALUE="1""#).unwrap();
        assert_eq!(variables.define(r#"VALUE="2",NAME="a""#), Err(Fault::Variable));
        let names: Vec<String> = (1..=MAX_VARIABLES).map(|n| format!(r#"NAME="v{n}",VALUE="1""#)).collect();
        for name in &names[1..] {
            variables.define(name).unwrap();
        }
        assert_eq!(variables.define(&names[0]), Err(Fault::Variable));

        let long = format!(r#"NAME="long",VALUE="{}""#, "x".repeat(MAX_EXPANDED / 2));
        let mut variables = Variables::default();
        variables.define(&long).unwrap();
        let mut out = String::new();
        assert_eq!(variables.expand("{$long}{$long}", &mut out), Ok(()));
        assert_eq!(variables.expand("{$long}{$long}{$long}", &mut out), Err(Fault::TooLong));
        assert_eq!(variables.expand("{$long}{$long}y", &mut out), Err(Fault::TooLong));
    }
}
