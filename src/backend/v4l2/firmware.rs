//! What the machine's firmware says of where a camera is built in.
//!
//! A device tree has `orientation` and `rotation` (the kernel's video-interface-devices binding), and the
//! numbers of V4L2_CID_CAMERA_ORIENTATION and V4L2_CID_CAMERA_SENSOR_ROTATION are made of them. ACPI has
//! the side of the housing (_PLD), which the kernel shows as `physical_location/panel`.

use std::fs;
use std::path::Path;

/// In the numbers of the controls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Firmware {
    /// V4L2_CAMERA_ORIENTATION_.
    pub(super) orientation: Option<i32>,
    /// Degrees, counterclockwise.
    pub(super) rotation: Option<i32>,
}

const FRONT: i32 = 0;
const BACK: i32 = 1;

/// Of the device behind a node, which is soldered in.
pub(super) fn built_in(device: &Path) -> Firmware {
    Firmware { orientation: cell(device, "orientation").or_else(|| panel(device)), rotation: cell(device, "rotation") }
}

/// Of a USB device and its interface. Where one can be unplugged, the firmware knows the socket's side
/// alone, which is not the way the camera looks.
pub(super) fn usb(usb: &Path, interface: &Path, fixed: bool) -> Firmware {
    let places = [interface, usb];
    let cell = |name| places.iter().find_map(|place| cell(place, name));
    let port = usb.join("port");
    let panel = || places.into_iter().chain([port.as_path()]).filter(|_| fixed).find_map(panel);
    Firmware { orientation: cell("orientation").or_else(panel), rotation: cell("rotation") }
}

/// A property of the device tree with one number.
fn cell(device: &Path, name: &str) -> Option<i32> {
    let bytes = fs::read(device.join("of_node").join(name)).ok()?;
    bytes.try_into().ok().map(i32::from_be_bytes)
}

fn panel(device: &Path) -> Option<i32> {
    match fs::read_to_string(device.join("physical_location/panel")).ok()?.trim() {
        "front" => Some(FRONT),
        "back" => Some(BACK),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_and_panels_tell_which_way_a_camera_looks() {
        let root = std::env::temp_dir().join(format!("camera-firmware-{}", std::process::id()));
        let folder = |name: &str, files: &[(&str, &[u8])]| {
            for (file, bytes) in files {
                let path = root.join(name).join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            root.join(name)
        };
        let number = |number: i32| number.to_be_bytes();
        let (one, quarter) = (number(1), number(270));
        let both: [(&str, &[u8]); 2] = [("of_node/orientation", &one), ("of_node/rotation", &quarter)];
        let tree = folder("tree", &both);
        let odd = folder("odd", &[("of_node/orientation", b"front\0"), ("of_node/rotation", b"")]);
        let front = folder("front", &[("physical_location/panel", b"front\n")]);
        let top = folder("top", &[("physical_location/panel", b"top\n")]);
        let socket = folder("usb", &[("port/physical_location/panel", b"back\n")]);
        let described = folder("described", &both);
        let found = [&tree, &odd, &front, &top, &root].map(|device| built_in(device));
        let on_usb = [(&socket, true), (&socket, false), (&described, false), (&front, false)]
            .map(|(device, fixed)| usb(device, &root, fixed));
        fs::remove_dir_all(&root).unwrap();
        let firmware = |orientation, rotation| Firmware { orientation, rotation };
        let nothing = Firmware::default();
        let by_tree = firmware(Some(BACK), Some(270));
        assert_eq!(
            found,
            [by_tree.clone(), nothing.clone(), firmware(Some(FRONT), None), nothing.clone(), nothing.clone()]
        );
        assert_eq!(on_usb, [firmware(Some(BACK), None), nothing.clone(), by_tree, nothing]);
    }
}
