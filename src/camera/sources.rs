//! Where cameras come from, as the application or the user writes it.

use crate::backend::virtual_camera::script::{Misread, Script};
use crate::error::{Error, Result};

/// Where cameras come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    V4l2,
    /// A virtual camera for each script.
    Virtual(Vec<Script>),
}

/// The most virtual cameras that one manager has.
const MOST_VIRTUAL: u64 = 256;

/// Reads a list of sources such as `v4l2,virtual:2+drop=10`; `from` says where it was found.
/// Virtual cameras of several items are one source, where the first of them stands: they are
/// numbered on.
pub(crate) fn parse_sources(list: &str, from: &str) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    let mut at = 0;
    for item in list.split(',') {
        let begin = at + (item.len() - item.trim_start().len());
        add(&mut sources, item.trim()).map_err(|misread| {
            // Bytes are what people count in a list of ASCII.
            let place = begin + misread.at + 1;
            Error::invalid(format!("{from} is \"{list}\", at character {place}: {}", misread.why))
        })?;
        at += item.len() + 1;
    }
    Ok(sources)
}

fn add(sources: &mut Vec<Source>, item: &str) -> Result<(), Misread> {
    let misread = |at, why| Misread { at, why };
    let (source, script) = item.split_once('+').map_or((item, None), |(source, script)| (source, Some(script)));
    let (name, argument) = source.split_once(':').map_or((source, None), |(name, rest)| (name, Some(rest)));
    let script_at = source.len() + 1;
    match (name, argument) {
        ("v4l2", None) if script.is_none() => sources.push(Source::V4l2),
        ("virtual", count) => {
            let count = count.map_or(Ok(1), |count| {
                let digits = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
                count.parse().ok().filter(|count| digits && (1..=MOST_VIRTUAL).contains(count)).ok_or_else(|| {
                    misread(8, format!("the N of virtual:N is how many cameras, 1 to {MOST_VIRTUAL}, and \"{count}\" is none of these"))
                })
            })?;
            let script = match script {
                // A script that is announced and not there is a mistake.
                Some("") => {
                    return Err(misread(script_at, "a fault must follow the +, as in virtual+unplug@2s".into()));
                }
                Some(script) => Script::parse(script).map_err(|wrong| misread(script_at + wrong.at, wrong.why))?,
                None => Script::default(),
            };
            let present = sources.iter_mut().find_map(|source| match source {
                Source::Virtual(scripts) => Some(scripts),
                _ => None,
            });
            let more = std::iter::repeat_n(script, count as usize);
            match present {
                Some(scripts) => scripts.extend(more),
                None => sources.push(Source::Virtual(more.collect())),
            }
            let all =
                sources.iter().map(|source| if let Source::Virtual(scripts) = source { scripts.len() } else { 0 });
            if all.sum::<usize>() as u64 > MOST_VIRTUAL {
                return Err(misread(0, format!("there are more than {MOST_VIRTUAL} virtual cameras")));
            }
        }
        _ => {
            return Err(misread(
                0,
                format!(
                    "\"{item}\" is no source of cameras; it is a list, separated by commas, of v4l2 and virtual:N (N cameras), \
                     behind which faults may follow, as in virtual:2+unplug@2s+return@4s"
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::error::Code;
    use proptest::prelude::*;

    fn script(text: &str) -> Script {
        Script::parse(text).unwrap()
    }

    #[test]
    fn source_lists_are_read() {
        let healthy = Script::default();
        let read = |list| parse_sources(list, "cameras").unwrap();
        assert_eq!(read("v4l2, virtual:2"), [Source::V4l2, Source::Virtual(vec![healthy.clone(); 2])]);
        assert_eq!(read("virtual"), [Source::Virtual(vec![healthy.clone()])]);
        let faulty = script("unplug@2s+return@4s");
        assert_eq!(
            read("virtual+unplug@2s+return@4s,v4l2,virtual:2"),
            [Source::Virtual(vec![faulty, healthy.clone(), healthy]), Source::V4l2],
            "numbered on"
        );
    }

    #[test]
    fn what_is_wrong_is_refused_with_place_and_reason() {
        for (list, place, why) in [
            ("", 1, "no source"),
            ("v4l2,", 6, "no source"),
            ("virtual:0", 9, "how many"),
            ("virtual:257", 9, "how many"),
            ("virtual:-1", 9, "how many"),
            ("virtual:x", 9, "how many"),
            ("virtual:200,virtual:57", 13, "more than 256"),
            ("v4l2:1", 1, "no source"),
            ("v4l2+drop=2", 1, "no source"),
            ("camera", 1, "no source"),
            ("virtual+", 9, "must follow"),
            ("v4l2, virtual:2+drop=2+unplug", 24, "when is missing"),
        ] {
            let error = parse_sources(list, "cameras").unwrap_err();
            assert_eq!(error.code(), Code::InvalidArgument, "{list}");
            let begin = format!("cameras is \"{list}\", at character {place}: ");
            assert!(error.detail().starts_with(&begin) && error.detail().contains(why), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_list_is_read_or_refused(list in "(v4l2|virtual|[a-z:+@,=%0-9\u{e4} ]){0,6}") {
            if let Ok(sources) = parse_sources(&list, "cameras") {
                prop_assert!(!sources.is_empty());
            }
        }
    }
}
