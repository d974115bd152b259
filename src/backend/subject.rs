//! What a camera is, as the head of a trace tells it.

use super::{CameraFacts, CameraInfo, Connection, Position};
use crate::trace::{Tag, tag};

const ID: &str = "CAMERA_ID";
const NAME: &str = "CAMERA_NAME";
const DRIVER: &str = "CAMERA_DRIVER";
const NODE: &str = "CAMERA_NODE";
const POSITION: &str = "CAMERA_POSITION";
const CONNECTION: &str = "CAMERA_CONNECTION";
const ORIENTATION: &str = "CAMERA_ORIENTATION";
const MAKE: &str = "CAMERA_MAKE";
const MODEL: &str = "CAMERA_MODEL";

impl CameraInfo {
    /// The camera in words, with what it says of itself for photos.
    pub(crate) fn tags(&self, facts: &CameraFacts) -> Vec<Tag> {
        let position = match self.position {
            Position::Unspecified => "unspecified",
            Position::Back => "back",
            Position::Front => "front",
        };
        let connection = match self.connection {
            Connection::BuiltIn => "built in",
            Connection::Usb => "USB",
        };
        let mut tags = vec![
            (ID.into(), self.id.clone()),
            (NAME.into(), self.name.clone()),
            (DRIVER.into(), self.driver.clone()),
            (NODE.into(), self.path.clone()),
            (POSITION.into(), position.into()),
            (CONNECTION.into(), connection.into()),
            (ORIENTATION.into(), self.orientation.to_string()),
        ];
        let told = [(MAKE, &facts.make), (MODEL, &facts.model)];
        tags.extend(told.into_iter().filter_map(|(name, value)| Some((name.into(), value.clone()?))));
        tags
    }

    /// The camera of a trace, under another id and path.
    pub(super) fn from_tags(tags: &[Tag], id: String, path: String) -> CameraInfo {
        let text = |name| tag(tags, name).unwrap_or_default().to_owned();
        CameraInfo {
            id,
            name: text(NAME),
            driver: text(DRIVER),
            path,
            position: match tag(tags, POSITION) {
                Some("back") => Position::Back,
                Some("front") => Position::Front,
                _ => Position::Unspecified,
            },
            connection: if tag(tags, CONNECTION) == Some("USB") { Connection::Usb } else { Connection::BuiltIn },
            orientation: [90, 180, 270].into_iter().find(|turn| text(ORIENTATION) == turn.to_string()).unwrap_or(0),
        }
    }
}

impl CameraFacts {
    pub(super) fn from_tags(tags: &[Tag]) -> CameraFacts {
        CameraFacts {
            make: tag(tags, MAKE).map(str::to_owned),
            model: tag(tags, MODEL).map(str::to_owned),
            ..CameraFacts::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_comes_back_from_its_tags() {
        let info = CameraInfo {
            id: "replay:0".into(),
            name: "HD Webcam".into(),
            driver: "uvcvideo".into(),
            path: "/dev/video0".into(),
            position: Position::Front,
            connection: Connection::Usb,
            orientation: 270,
        };
        let facts = CameraFacts { make: Some("Acme".into()), ..CameraFacts::default() };
        let tags = info.tags(&facts);
        assert_eq!(CameraInfo::from_tags(&tags, info.id.clone(), info.path.clone()), info);
        assert_eq!(CameraFacts::from_tags(&tags), facts);
        let nobody = CameraInfo::from_tags(&[], String::new(), String::new());
        assert_eq!((nobody.position, nobody.orientation), (Position::Unspecified, 0));
    }
}
