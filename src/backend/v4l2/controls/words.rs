//! Which values a control takes, and what is said when it does not.

use crate::backend::control::{Control, Kind, MenuItem, Value};
use crate::backend::v4l2::error::{self, Errno, describe, is_denied, is_gone};
use crate::error::{Code, Error};
use std::path::Path;

/// Items that a detail names at most.
const SHOWN: usize = 16;

/// What was tried.
pub(super) enum Doing<'a> {
    Reading,
    Setting(&'a Value),
}

/// For example `control "Gamma" (0x980910)`.
pub(super) fn name(control: &Control) -> String {
    format!("control \"{}\" ({:#x})", control.name, control.id)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("{:?}", text.chars().take(64).collect::<String>()),
    }
}

fn what(doing: &Doing<'_>, control: &Control) -> String {
    match doing {
        Doing::Reading => format!("reading {}", name(control)),
        Doing::Setting(value) => format!("setting {} to {}", name(control), shown(value)),
    }
}

/// The text of a driver: up to the first NUL, white space as it is.
pub(super) fn text(bytes: &[u8]) -> String {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

/// Why the control does not take a value; of a menu, its holes apart.
pub(super) fn misfit(control: &Control, value: &Value) -> Option<&'static str> {
    let (number, of_what) = match (control.kind, value) {
        (Kind::Button, Value::Number(_)) => return None,
        (Kind::Text, Value::Text(text)) if text.contains('\0') => return Some("it has a NUL in it"),
        (Kind::Text, Value::Text(text)) => match i64::try_from(text.len()) {
            Ok(length) => (length, "its length"),
            Err(_) => return Some("it is too long"),
        },
        (Kind::Text, Value::Number(_)) => return Some("it takes a text"),
        (_, Value::Text(_)) => return Some("it takes a number"),
        (_, Value::Number(number)) => (*number, "it"),
    };
    if control.kind == Kind::Bitmask {
        return (number & !control.max != 0).then_some("it has bits that are not the control's");
    }
    if number < control.min || number > control.max {
        return Some(if of_what == "it" { "it is out of range" } else { "its length is out of range" });
    }
    let above = i128::from(number) - i128::from(control.min);
    (above % i128::from(control.step.max(1)) != 0).then_some("it is between two steps")
}

/// What it takes, for people.
fn takes(control: &Control, items: &[MenuItem]) -> String {
    let Control { min, max, step, .. } = control;
    let steps = if *step > 1 { format!(" in steps of {step}") } else { String::new() };
    match control.kind {
        Kind::Boolean => "it takes 0 or 1".into(),
        Kind::Text => format!("it takes a text of {min} to {max} bytes{steps}"),
        Kind::Bitmask => format!("it takes bits of {max:#x}"),
        Kind::Button => "it takes any number".into(),
        Kind::Menu | Kind::IntegerMenu => {
            let shown = items.iter().take(SHOWN).map(|item| format!("{} ({})", item.index, item.name));
            let more = if items.len() > SHOWN { ", and more" } else { "" };
            format!("it takes {}{more}", shown.collect::<Vec<_>>().join(", "))
        }
        _ => format!("it takes {min} to {max}{steps}, and has {} by default", control.default),
    }
}

/// 7400101: a value that it does not take.
pub(super) fn not_taken(path: &Path, value: &Value, control: &Control, items: &[MenuItem], why: &str) -> Error {
    let what = what(&Doing::Setting(value), control);
    Error::invalid(format!("{}: {what}: {why}; {}", path.display(), takes(control, items)))
}

/// 7400102, without the driver being asked.
pub(super) fn refusal(path: &Path, doing: &Doing<'_>, control: &Control, why: &str) -> Error {
    Error::not_allowed(format!("{}: {}: {why}", path.display(), what(doing, control)))
}

/// What the driver said to it. `items` are those of a control with a menu.
pub(super) fn failure(path: &Path, doing: &Doing<'_>, control: &Control, items: &[MenuItem], errno: Errno) -> Error {
    let setting = matches!(doing, Doing::Setting(_));
    // Many cameras fail so while what the control depends on is automatic.
    let inactive = "it has no effect now, because another control is set to automatic: set that one first";
    let idle = control.is(Control::INACTIVE) && setting;
    let (code, advice) = match errno {
        _ if is_gone(errno) => return error::failure(what(doing, control), path, errno),
        Errno::RANGE | Errno::INVAL if setting => (Code::InvalidArgument, takes(control, items)),
        Errno::INVAL => (Code::OperationNotAllowed, "the driver has it no longer, or not with this input".into()),
        Errno::BUSY if setting => (
            Code::OperationNotAllowed,
            "the driver needs it as it is, usually while frames flow, or another program has the only say \
             (VIDIOC_S_PRIORITY): set it before the session starts, or stop the session first"
                .into(),
        ),
        Errno::BUSY => (Code::ServiceFatalError, "the driver is busy with something else: try again".into()),
        _ if is_denied(errno) && idle => (Code::OperationNotAllowed, inactive.into()),
        _ if is_denied(errno) && setting => (Code::OperationNotAllowed, "it can only be read".into()),
        _ if is_denied(errno) => (Code::OperationNotAllowed, "it can only be set".into()),
        _ if idle => (Code::ServiceFatalError, inactive.into()),
        // Not every driver tells which controls have no effect now.
        Errno::IO | Errno::PIPE | Errno::PROTO | Errno::REMOTEIO if setting => (
            Code::ServiceFatalError,
            "many cameras fail so while what the control depends on is automatic (exposure, white balance, focus): set \
             that to manual first; if it is so, plug the camera in again, and see `dmesg`"
                .into(),
        ),
        _ => return error::failure(what(doing, control), path, errno),
    };
    Error::new(code, format!("{}: {}: {}; {advice}", path.display(), what(doing, control), describe(errno)))
}
