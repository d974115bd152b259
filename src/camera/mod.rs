//! Cameras: which there are, what they offer, and the right to use one.

pub(crate) mod capability;
pub(crate) mod controls;
pub(crate) mod devices;
pub(crate) mod input;
pub(crate) mod manager;
pub(crate) mod sources;
pub(crate) mod status;
pub(crate) mod torch;

pub(crate) use capability::Capability;
pub(crate) use devices::Devices;
pub(crate) use input::Input;
pub(crate) use manager::Manager;
pub(crate) use sources::Source;
pub(crate) use status::StatusBoard;

/// What a session is for. The numbers are Camera Kit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum SceneMode {
    /// Photos, with a preview and perhaps a video.
    NormalPhoto = 1,
    /// Video, with a preview and perhaps photos.
    NormalVideo = 2,
}
