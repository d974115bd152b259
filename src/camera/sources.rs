//! Where cameras come from, as the application or the user writes it.

use crate::backend::replay::Replay;
use crate::backend::virtual_camera::script::{Misread, Script};
use crate::error::{Error, Result};
use crate::format::FrameRate;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// Where cameras come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    V4l2,
    /// A virtual camera for each script.
    Virtual(Vec<Script>),
    /// A camera for each file.
    Replay(Vec<Replay>),
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
        ("virtual", count) => add_virtual(sources, count, script, script_at)?,
        ("replay", Some(path)) if !path.is_empty() => {
            let replay = replay(path, script, script_at)?;
            let present = sources.iter_mut().find_map(|source| match source {
                Source::Replay(replays) => Some(replays),
                _ => None,
            });
            match present {
                Some(replays) => replays.push(replay),
                None => sources.push(Source::Replay(vec![replay])),
            }
        }
        _ => {
            return Err(misread(
                0,
                format!(
                    "\"{item}\" is no source of cameras; it is a list, separated by commas, of v4l2, virtual:N (N cameras), \
                     behind which faults may follow, as in virtual:2+unplug@2s+return@4s, and replay:FILE, behind which \
                     +once or +rate=25 may follow"
                ),
            ));
        }
    }
    Ok(())
}

fn misread<T>(at: usize, why: String) -> Result<T, Misread> {
    Err(Misread { at, why })
}

fn add_virtual(
    sources: &mut Vec<Source>,
    count: Option<&str>,
    script: Option<&str>,
    script_at: usize,
) -> Result<(), Misread> {
    let misread = |at, why| Misread { at, why };
    let count = count.map_or(Ok(1), |count| {
        let digits = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
        count.parse().ok().filter(|count| digits && (1..=MOST_VIRTUAL).contains(count)).ok_or_else(|| {
            misread(
                8,
                format!(
                    "the N of virtual:N is how many cameras, 1 to {MOST_VIRTUAL}, and \"{count}\" is none of these"
                ),
            )
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
    let all = sources.iter().map(|source| if let Source::Virtual(scripts) = source { scripts.len() } else { 0 });
    if all.sum::<usize>() as u64 > MOST_VIRTUAL {
        return Err(misread(0, format!("there are more than {MOST_VIRTUAL} virtual cameras")));
    }
    Ok(())
}

/// A file, and how it is to be played.
fn replay(path: &str, options: Option<&str>, options_at: usize) -> Result<Replay, Misread> {
    let mut replay = Replay { path: unquoted(path)?, once: false, rate: None };
    let mut at = options_at;
    for option in options.into_iter().flat_map(|options| options.split('+')) {
        match option.trim().split_once('=') {
            None if option.trim() == "once" => replay.once = true,
            Some(("rate", rate)) => {
                let (frames, seconds) = rate.split_once('/').unwrap_or((rate, "1"));
                let rate = frames.parse().ok().zip(seconds.parse().ok()).and_then(|(a, b)| FrameRate::new(a, b));
                let within = |rate: &FrameRate| {
                    (FrameRate { frames: 1, seconds: 1000 }..=FrameRate::per_second(1000)).contains(rate)
                };
                replay.rate = Some(rate.filter(within).ok_or_else(|| Misread {
                    at,
                    why: format!("\"{option}\": a rate is up to 1000 frames per second, as 25 or 30000/1001"),
                })?);
            }
            _ => {
                return misread(
                    at,
                    format!(
                        "\"{option}\": behind a file there may be +once (it ends, and is not repeated) and +rate=25; a + in its name is written %2B"
                    ),
                );
            }
        }
        at += option.len() + 1;
    }
    Ok(replay)
}

/// A path as it is meant: %2C is a comma, %2B a plus sign, %25 a percent sign, and so on.
fn unquoted(path: &str) -> Result<PathBuf, Misread> {
    // Behind "replay:".
    const BEGIN: usize = 7;
    let (mut bytes, mut rest, mut at) = (Vec::new(), path.as_bytes(), 0);
    while let Some((&byte, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match (byte, code.and_then(|code| u8::from_str_radix(code, 16).ok())) {
            (b'%', None | Some(0)) => {
                return misread(
                    BEGIN + at,
                    "behind % the two digits of a character are expected: %2C for a comma, %2B for +, %25 for %".into(),
                );
            }
            (b'%', Some(code)) => {
                bytes.push(code);
                (rest, at) = (&behind[2..], at + 3);
            }
            _ => {
                bytes.push(byte);
                (rest, at) = (behind, at + 1);
            }
        }
    }
    Ok(PathBuf::from(OsString::from_vec(bytes)))
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
    fn files_are_read_with_options_and_quoting() {
        let replay = |path: &str, once, rate| Replay { path: path.into(), once, rate };
        let ntsc = FrameRate::new(30000, 1001);
        assert_eq!(
            parse_sources("replay:/tmp/a (1).y4m,virtual,replay:a%2Cb%2b%25.mkv+once+rate=30000/1001", "cameras")
                .unwrap(),
            [
                Source::Replay(vec![replay("/tmp/a (1).y4m", false, None), replay("a,b+%.mkv", true, ntsc)]),
                Source::Virtual(vec![Script::default()]),
            ]
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
            ("replay", 1, "no source"),
            ("replay:", 1, "no source"),
            ("replay:a%2", 9, "two digits"),
            ("replay:a%00", 9, "two digits"),
            ("replay:c++.y4m", 10, "written %2B"),
            ("replay:a+once+rate=0", 15, "a rate is"),
            ("replay:a+rate=25/0", 10, "a rate is"),
            ("replay:a+rate=1001", 10, "a rate is"),
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
