//! What a device node is called: for people, and so that programs find it again.
//!
//! An id is `v4l2:` and then
//!
//! - the name that udev links it by in /dev/v4l/by-id, when the camera has a serial number
//!   (`v4l2:usb-Vendor_Model_Serial-video-index0`): it follows the camera from port to port. While
//!   there is no link, because udev is not done with it or there is none, the name that it gives;
//! - else the place on the bus, as QUERYCAP's `bus_info` tells it, and the node's number within
//!   its device (`v4l2:platform:vivid-000-video-index0`): it stays with the port. A by-id name
//!   without a serial number would be the same for two cameras of one model, and the wrong
//!   one might answer to it. So would the same serial number in two cameras, which happens.
//!
//! Without permission to ask a camera that is not on USB, its place is guessed from /sys, and
//! may be spelled otherwise once there is permission.
//!
//! Where one device has several equal places, the second and later ones end in `.2`, `.3`, in
//! the order of their nodes. Characters other than printable ASCII become `_`.

use super::firmware::{self, Firmware};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

pub(super) const PREFIX: &str = "v4l2:";

/// The longest id, in bytes.
pub(super) const MAX_ID: usize = 127;

/// Is this one of the ids made here?
pub(super) fn is_id(id: &str) -> bool {
    id.len() > PREFIX.len() && id.len() <= MAX_ID && id.starts_with(PREFIX) && id.bytes().all(|b| b.is_ascii_graphic())
}

/// A driver's text for people: it may be cut off in the middle of a character, hold control
/// characters, or not be UTF-8 at all.
pub(super) fn clean(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let readable = text.trim_end_matches('\u{fffd}').chars().map(|c| match c {
        '\u{fffd}' => '?',
        c if c.is_control() => ' ',
        c => c,
    });
    readable.collect::<String>().trim().to_owned()
}

/// Where a node is, as far as its id needs it. Equal places are the same camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The name in /dev/v4l/by-id of a camera with a serial number, linked or not.
    pub(super) link: Option<String>,
    /// Vendor, product and serial number.
    pub(super) unit: Option<String>,
    /// The place on the bus.
    pub(super) location: String,
    /// The node's number among those of its device.
    pub(super) index: u32,
}

/// Ids for all nodes of a scan, in the same order. They differ from each other.
pub(super) fn ids(places: &[&Place]) -> Vec<String> {
    let mut taken: HashMap<String, u32> = HashMap::new();
    let id = |place: &&Place| {
        let twin = |other: &&&Place| other.unit == place.unit && other.index == place.index;
        let unique = place.unit.is_none() || places.iter().filter(twin).count() == 1;
        let name = match &place.link {
            Some(link) if unique => link.clone(),
            _ => format!("{}-video-index{}", place.location, place.index),
        };
        // Leaves room for a number.
        let name = bounded(&name, MAX_ID - PREFIX.len() - 5);
        let count = taken.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { format!("{PREFIX}{name}") } else { format!("{PREFIX}{name}.{count}") }
    };
    places.iter().map(id).collect()
}

/// The id by place on the bus. A camera with a better one answers to it too: it has this one when
/// another of the same serial number is there.
pub(super) fn id_by_location(place: &Place) -> String {
    ids(&[&Place { link: None, ..place.clone() }]).remove(0)
}

/// Printable ASCII of at most `limit` bytes; what is cut off is replaced by its hash (FNV-1a,
/// which is the same in every build).
fn bounded(name: &str, limit: usize) -> String {
    let printable: String = name.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).collect();
    if printable.len() <= limit {
        return printable;
    }
    let hash = name.bytes().fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{}-{hash:08x}", &printable[..limit - 9])
}

/// The names in /dev/v4l/by-id, by node (`video0`).
pub(super) fn links(dev: &Path) -> HashMap<String, String> {
    let Ok(entries) = fs::read_dir(dev.join("v4l/by-id")) else { return HashMap::new() };
    let link = |entry: fs::DirEntry| {
        let node = fs::read_link(entry.path()).ok()?.file_name()?.to_str()?.to_owned();
        Some((node, entry.file_name().into_string().ok()?))
    };
    let mut found: Vec<_> = entries.flatten().filter_map(link).collect();
    // Several links to one node: the first by name, whatever the order of the folder.
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().collect()
}

/// What /sys tells of a node. Everything may be missing in a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sysfs {
    /// Is there an entry at all?
    pub(super) present: bool,
    /// The driver's name for the node; for most webcams the camera's.
    pub(super) name: String,
    pub(super) driver: String,
    pub(super) index: u32,
    /// The place on the bus, spelled like `bus_info`.
    pub(super) location: Option<String>,
    pub(super) usb: Option<Usb>,
    /// What is known of where it is built in.
    pub(super) firmware: Firmware,
}

/// The USB device behind a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Usb {
    /// Vendor, product and serial number, if it has one.
    pub(super) unit: Option<String>,
    /// What udev calls it, if it has a serial number; its nodes' links are this and their index.
    pub(super) name: Option<String>,
    /// Soldered in, as the firmware tells: a laptop's own camera.
    pub(super) fixed: bool,
}

impl Usb {
    /// What udev links a node of it by.
    pub(super) fn link(&self, index: u32) -> Option<String> {
        self.name.as_ref().map(|name| format!("{name}-video-index{index}"))
    }
}

pub(super) fn sysfs(sys: &Path, node: &str) -> Sysfs {
    let entry = sys.join("class/video4linux").join(node);
    let Some(name) = attribute(&entry, "name") else { return Sysfs::default() };
    let mut found = Sysfs {
        present: true,
        name,
        index: attribute(&entry, "index").and_then(|text| text.parse().ok()).unwrap_or(0),
        ..Sysfs::default()
    };
    let Ok(device) = fs::canonicalize(entry.join("device")) else { return found };
    found.driver = link_name(&device, "driver").unwrap_or_default();
    match device.ancestors().find(|folder| folder.join("idVendor").is_file()) {
        Some(usb) => {
            let serial = attribute(usb, "serial").filter(|serial| !serial.is_empty());
            let number = |name| attribute(usb, name).unwrap_or_default();
            let fixed = attribute(usb, "removable").as_deref() == Some("fixed");
            found.location = usb_location(usb);
            found.firmware = firmware::usb(usb, &device, fixed);
            found.usb = Some(Usb {
                name: serial.as_ref().and_then(|_| udev_name(usb)),
                unit: serial.map(|serial| format!("{}:{}:{serial}", number("idVendor"), number("idProduct"))),
                fixed,
            });
        }
        None => {
            let bus = link_name(&device, "subsystem").map(|bus| if bus == "pci" { "PCI".to_owned() } else { bus });
            let name = device.file_name().and_then(|name| name.to_str());
            found.firmware = firmware::built_in(&device);
            found.location = bus.zip(name).map(|(bus, name)| format!("{bus}:{name}"));
        }
    }
    found
}

/// ID_BUS and ID_SERIAL as udev's usb_id and 60-persistent-v4l.rules make them: maker, product and
/// serial number, or the numbers of the first two. `None` for a serial number that udev does not use.
fn udev_name(usb: &Path) -> Option<String> {
    let text = |name: &str| fs::read(usb.join(name)).ok();
    let part = |name, number, limit| text(name).or_else(|| text(number)).map(|bytes| udev_part(&bytes, limit));
    let serial = text("serial")?;
    let serial = serial.strip_suffix(b"\n").unwrap_or(&serial);
    // A comma in it is against USB's rules, and udev leaves such a one out.
    if serial.is_empty() || serial.iter().any(|&byte| !(0x20..=0x7f).contains(&byte) || byte == b',') {
        return None;
    }
    let (maker, product) = (part("manufacturer", "idVendor", 63)?, part("product", "idProduct", 63)?);
    Some(format!("usb-{maker}_{product}_{}", udev_part(serial, 511)))
}

/// As udev writes a text into a name: without white space around it, each run of it inside as one
/// `_`, and `_` for what is neither allowed, nor beyond ASCII, nor an escape such as `\x2f`.
fn udev_part(bytes: &[u8], limit: usize) -> String {
    let words = bytes.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut joined = words.collect::<Vec<_>>().join(&b'_');
    joined.truncate(limit);
    let text = String::from_utf8_lossy(&joined);
    let allowed = |at: usize, c: char| match c {
        '\u{fffd}' => false,
        '\\' => text[at..].strip_prefix("\\x").is_some_and(|rest| {
            let hex = rest.as_bytes().iter().take(2).filter(|byte| byte.is_ascii_hexdigit());
            hex.count() == 2
        }),
        c => !c.is_ascii() || c.is_ascii_alphanumeric() || "#+-.:=@_".contains(c),
    };
    text.char_indices().map(|(at, c)| if allowed(at, c) { c } else { '_' }).collect()
}

/// Who made the USB device behind a node, as it says itself.
pub(super) fn manufacturer(sys: &Path, node: &str) -> Option<String> {
    let device = fs::canonicalize(sys.join("class/video4linux").join(node).join("device")).ok()?;
    let usb = device.ancestors().find(|folder| folder.join("idVendor").is_file())?;
    attribute(usb, "manufacturer").filter(|name| !name.is_empty())
}

/// As the kernel's usb_make_path: the controller's name and the path of ports.
fn usb_location(usb: &Path) -> Option<String> {
    let ports = attribute(usb, "devpath")?;
    let root = usb.ancestors().find(|folder| {
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.strip_prefix("usb").is_some_and(|number| number.parse::<u32>().is_ok())
    })?;
    let controller = root.parent()?.file_name()?.to_str()?;
    Some(format!("usb-{controller}-{ports}"))
}

fn attribute(folder: &Path, name: &str) -> Option<String> {
    fs::read(folder.join(name)).ok().map(|bytes| clean(&bytes))
}

fn link_name(folder: &Path, name: &str) -> Option<String> {
    let target: PathBuf = fs::read_link(folder.join(name)).ok()?;
    Some(target.file_name()?.to_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::fs::symlink;

    fn place(link: Option<&str>, unit: Option<&str>, location: &str, index: u32) -> Place {
        Place { link: link.map(Into::into), unit: unit.map(Into::into), location: location.into(), index }
    }

    #[test]
    fn strings_of_drivers_become_readable() {
        assert_eq!(clean(b"HD WebCam\0\0"), "HD WebCam");
        assert_eq!(clean("Cam\u{e9}ra".as_bytes()), "Cam\u{e9}ra");
        assert_eq!(clean(&"Cam\u{e9}".as_bytes()[..4]), "Cam", "cut off in the middle of a character");
        assert_eq!(clean(b"a\xffb\n"), "a?b");
        assert_eq!(clean(b""), "");
    }

    #[test]
    fn a_serial_number_names_the_camera_and_else_the_port_does() {
        let with = place(Some("usb-Maker_Cam_123-video-index0"), Some("1:2:123"), "usb-0000:00:14.0-2", 0);
        let without = place(None, None, "platform:vivid-000", 0);
        assert_eq!(
            ids(&[&with, &without]),
            ["v4l2:usb-Maker_Cam_123-video-index0", "v4l2:platform:vivid-000-video-index0"]
        );
    }

    #[test]
    fn texts_are_written_as_udev_writes_them() {
        for (text, expected) in [
            ("Logitech\n", "Logitech"),
            ("  HD Pro \t Webcam C920 \n", "HD_Pro_Webcam_C920"),
            ("Sonix Technology Co., Ltd.", "Sonix_Technology_Co.__Ltd."),
            ("a/b\\c#+-.:=@_", "a_b_c#+-.:=@_"),
            ("", ""),
            ("Caf\u{e9}", "Caf\u{e9}"),
            (r"a/b\x20c\xg0\x2", r"a_b\x20c_xg0_x2"),
        ] {
            assert_eq!(udev_part(text.as_bytes(), 63), expected);
        }
        assert_eq!(udev_part(&[b'x'; 100], 63).len(), 63);
        assert_eq!(udev_part(b"a\xffb", 63), "a_b");
        let usb = std::env::temp_dir().join(format!("camera-usb-{}", std::process::id()));
        fs::create_dir_all(&usb).unwrap();
        let name = |serial: &str| {
            fs::write(usb.join("serial"), serial).unwrap();
            udev_name(&usb)
        };
        fs::write(usb.join("idVendor"), "046d\n").unwrap();
        fs::write(usb.join("product"), "Cam\n").unwrap();
        let names = ["00 1\n", "0,1\n", "\n", "\u{e9}\n"].map(name);
        fs::remove_dir_all(&usb).unwrap();
        assert_eq!(names, [Some("usb-046d_Cam_00_1".to_owned()), None, None, None]);
        assert_eq!(udev_name(&usb), None);
    }

    #[test]
    fn twins_are_told_apart() {
        let one = place(Some("usb-Maker_Cam_0001-video-index0"), Some("1:2:0001"), "usb-a-1", 0);
        let two = place(None, Some("1:2:0001"), "usb-a-2", 0);
        assert_eq!(ids(&[&one, &two]), ["v4l2:usb-a-1-video-index0", "v4l2:usb-a-2-video-index0"]);
        let same = place(None, None, "platform:isp", 0);
        assert_eq!(
            ids(&[&same, &same, &same])[1..],
            ["v4l2:platform:isp-video-index0.2", "v4l2:platform:isp-video-index0.3"]
        );
        assert_eq!(id_by_location(&one), "v4l2:usb-a-1-video-index0");
        // The second node of one camera is no twin of the first.
        let depth = place(Some("usb-Maker_Cam_0001-video-index2"), Some("1:2:0001"), "usb-a-1", 2);
        assert_eq!(ids(&[&one, &depth])[0], "v4l2:usb-Maker_Cam_0001-video-index0");
    }

    proptest! {
        #[test]
        fn every_id_is_recognized_and_unlike_the_others(locations in prop::collection::vec(".{0,300}", 1..6), index: u32) {
            let places: Vec<_> = locations.iter().map(|location| place(None, None, location, index)).collect();
            let ids = ids(&places.iter().collect::<Vec<_>>());
            for (number, id) in ids.iter().enumerate() {
                prop_assert!(is_id(id), "{}", id);
                prop_assert!(!ids[..number].contains(id));
            }
        }
    }

    #[test]
    fn other_ids_are_left_to_other_backends() {
        for id in ["", "v4l2:", "virtual:0", "/dev/video0", "v4l2:a b", "v4l2:\u{e9}"] {
            assert!(!is_id(id), "{id}");
        }
        assert!(!is_id(&format!("v4l2:{}", "x".repeat(MAX_ID))));
    }

    #[test]
    fn sysfs_tells_name_place_and_serial_number() {
        let root = std::env::temp_dir().join(format!("camera-sys-{}", std::process::id()));
        let class = root.join("class/video4linux/video3");
        let usb = root.join("devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4");
        let interface = usb.join("1-2.4:1.0");
        fs::create_dir_all(&class).unwrap();
        fs::create_dir_all(&interface).unwrap();
        let write = |folder: &Path, name: &str, text: &str| fs::write(folder.join(name), format!("{text}\n")).unwrap();
        for (name, text) in [("idVendor", "046d"), ("idProduct", "0825"), ("serial", "A1B2"), ("devpath", "2.4")] {
            write(&usb, name, text);
        }
        write(&usb, "removable", "removable");
        write(&usb, "manufacturer", "Maker, Inc.");
        write(&usb, "product", "HD  Webcam (2) ");
        write(&class, "name", "HD Webcam");
        write(&class, "index", "2");
        symlink(&interface, class.join("device")).unwrap();
        symlink("/sys/bus/usb/drivers/uvcvideo", interface.join("driver")).unwrap();
        let by_id = root.join("dev/v4l/by-id");
        fs::create_dir_all(&by_id).unwrap();
        symlink("../../video3", by_id.join("usb-046d_HD_A1B2-video-index2")).unwrap();
        let (found, missing) = (sysfs(&root, "video3"), sysfs(&root, "video4"));
        let linked = links(&root.join("dev"));
        let makers = (manufacturer(&root, "video3"), manufacturer(&root, "video4"));
        fs::remove_dir_all(&root).unwrap();
        assert_eq!((found.name.as_str(), found.driver.as_str(), found.index), ("HD Webcam", "uvcvideo", 2));
        assert_eq!(found.location.as_deref(), Some("usb-0000:00:14.0-2.4"));
        let (unit, name) = (Some("046d:0825:A1B2".into()), Some("usb-Maker__Inc._HD_Webcam__2__A1B2".into()));
        assert_eq!(found.usb, Some(Usb { unit, name, fixed: false }));
        assert_eq!(found.usb.unwrap().link(2).unwrap(), "usb-Maker__Inc._HD_Webcam__2__A1B2-video-index2");
        assert!(!missing.present);
        assert_eq!(makers, (Some("Maker, Inc.".to_owned()), None));
        assert_eq!(linked["video3"], "usb-046d_HD_A1B2-video-index2");
    }
}
