//! What the kernel says about its devices (NETLINK_KOBJECT_UEVENT).
//!
//! A message is `ACTION@DEVPATH`, then fields `KEY=VALUE`, each ended by a NUL (the kernel's
//! lib/kobject_uevent.c). udev's own messages, which are of another group, begin with `libudev`.

use super::super::enumerate::node_number;

/// The number of the video node that the message is about; `None` when it is about anything else.
pub(super) fn video_node(message: &[u8]) -> Option<u32> {
    let mut fields = message.split(|&byte| byte == 0);
    let (_, path) = split(fields.next()?, b'@')?;
    if path.first() != Some(&b'/') {
        return None;
    }
    let (mut subsystem, mut name) = (None, None);
    for (key, value) in fields.filter_map(|field| split(field, b'=')) {
        match key {
            b"SUBSYSTEM" => subsystem = Some(value),
            b"DEVNAME" => name = Some(value),
            _ => {}
        }
    }
    if subsystem != Some(b"video4linux") {
        return None;
    }
    let name = std::str::from_utf8(name?).ok()?;
    node_number(name.strip_prefix("/dev/").unwrap_or(name))
}

fn split(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let position = text.iter().position(|&byte| byte == at)?;
    Some((&text[..position], &text[position + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADD: &str = "add@/devices/platform/vivid.0/video4linux/video0\0ACTION=add\0\
        DEVPATH=/devices/platform/vivid.0/video4linux/video0\0SUBSYSTEM=video4linux\0MAJOR=81\0MINOR=0\0\
        DEVNAME=video0\0SEQNUM=1234\0";

    #[test]
    fn messages_about_video_nodes_name_them() {
        let cases = [
            (ADD.to_owned(), Some(0)),
            (ADD.replace("add", "remove").replace("video0", "video63"), Some(63)),
            (ADD.replace("=video0", "=/dev/video7"), Some(7)),
            // Other nodes of the same subsystem, and others altogether.
            (ADD.replace("=video0", "=vbi0"), None),
            (ADD.replace("=video0", "=v4l-subdev0"), None),
            (ADD.replace("SUBSYSTEM=video4linux", "SUBSYSTEM=usb"), None),
            (ADD.replace("DEVNAME=video0\0", ""), None),
            (ADD.replace("SUBSYSTEM", "XSUBSYSTEM"), None),
            (ADD.replace("=video0", "=video4294967296"), None),
            (ADD.replace("=video0", "=video00"), None),
            // Not the kernel's.
            (format!("libudev\0{ADD}"), None),
            (ADD.replacen('@', " ", 1), None),
            (ADD.replacen("@/", "@", 1), None),
            (String::new(), None),
            ("\0\0\0".to_owned(), None),
            ("@/".to_owned(), None),
        ];
        for (message, expected) in cases {
            assert_eq!(video_node(message.as_bytes()), expected, "{message:?}");
        }
        assert_eq!(video_node(&ADD.as_bytes()[..ADD.len() - 1]), Some(0), "the last NUL is missing");
        assert_eq!(video_node(&ADD.as_bytes()[..100]), None, "cut off");
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_does_harm(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0usize..200, with: u8) {
            let _ = video_node(&bytes);
            let mut damaged = ADD.as_bytes().to_vec();
            damaged[at % ADD.len()] = with;
            // At most it is another node.
            let _ = video_node(&damaged);
            damaged.extend(bytes);
            let _ = video_node(&damaged);
        }

        #[test]
        fn every_number_is_found_wherever_the_field_is(number: u32, before in 0usize..4) {
            let name = format!("DEVNAME=video{number}");
            let mut fields = vec!["SUBSYSTEM=video4linux", "MAJOR=81", "MINOR=0"];
            fields.insert(before.min(fields.len()), &name);
            let message = format!("add@/x\0{}\0", fields.join("\0"));
            prop_assert_eq!(video_node(message.as_bytes()), Some(number));
        }
    }
}
