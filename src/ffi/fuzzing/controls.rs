//! Calls about what a camera can be set to: the families of a session, raw controls of an input, the
//! torch of a manager; and a session's options and recording.

use super::*;
use crate::ffi::exposure::*;
use crate::ffi::exposure_bias::*;
use crate::ffi::flash::*;
use crate::ffi::focus::*;
use crate::ffi::input_controls::*;
use crate::ffi::input_events::*;
use crate::ffi::iso::*;
use crate::ffi::manager_events::*;
use crate::ffi::metering::*;
use crate::ffi::session_options::*;
use crate::ffi::session_trace::*;
use crate::ffi::stabilization::*;
use crate::ffi::torch::*;
use crate::ffi::white_balance::*;
use crate::ffi::zoom::*;

/// V4L2's ids that virtual cameras have, one of each type, and two that they do not have.
const IDS: [u32; 16] = [
    0x0098_0900, // Brightness
    0x0098_0914, // Horizontal Flip
    0x0098_0918, // Power Line Frequency
    0x0098_091a, // White Balance Temperature
    0x0098_f001, // 64 bits
    0x0098_f002, // Text
    0x0098_f003, // Bitmask
    0x0098_f004, // of no known type
    0x009a_0901, // Auto Exposure
    0x009a_0902, // Exposure Time, Absolute
    0x009a_0910, // Privacy
    0x009a_0914, // White Balance, Auto & Preset
    0x009a_0917, // ISO Sensitivity
    0x009a_091c, // Auto Focus, Start
    0,
    u32::MAX,
];

impl Run<'_> {
    pub(super) fn control(&self) {
        match self.byte() % 16 {
            0..=4 => self.family(),
            5 | 6 => self.zoom_and_focus(),
            7..=11 => self.raw(),
            12 => self.torch(),
            13 => self.trace(),
            14 => self.options(),
            _ => self.listen_to_cameras(),
        }
    }

    /// Modes, mostly such as there are.
    fn mode(&self) -> i32 {
        i32::from(self.byte() % 10) - 2
    }

    /// A number within the range of something, or at its edges.
    fn amount(&self) -> i32 {
        self.one(&[100, 400, 2800, 5000, 6500, 10_000, 0, -1, 99, 33_333, 1_000_000, i32::MIN, i32::MAX])
    }

    fn real(&self) -> f64 {
        self.one(&[1.0, 2.0, 0.5, 0.0, 4.0, 8.0, -1.0, 1000.0, 1e-320, f64::NAN, f64::INFINITY, f64::NEG_INFINITY])
    }

    fn point(&self) -> camera_point {
        camera_point { x: self.real(), y: self.real() }
    }

    /// An exposure, a white balance, a flash.
    fn family(&self) {
        let (session, mode, amount) = (self.pick(SESSION), self.mode(), self.amount());
        let (mut yes, mut one, mut other) = (false, 0, 0);
        let (mut low, mut high, mut step) = (0.0, 0.0, 0.0);
        let mut point = camera_point { x: 0.0, y: 0.0 };
        let (yes, one, other) = (&raw mut yes, &raw mut one, &raw mut other);
        let (low, high, step) = (&raw mut low, &raw mut high, &raw mut step);
        let real = self.real();
        match self.byte() % 30 {
            0 => call!(self, camera_session_has_flash(session, yes)),
            1 => call!(self, camera_session_is_flash_mode_supported(session, mode, yes)),
            2 => call!(self, camera_session_get_flash_mode(session, one)),
            3 => call!(self, camera_session_set_flash_mode(session, mode)),
            4 => call!(self, camera_session_get_flash_state(session, one)),
            5 => call!(self, camera_session_is_exposure_mode_supported(session, mode, yes)),
            6 => call!(self, camera_session_get_exposure_mode(session, one)),
            7 => call!(self, camera_session_set_exposure_mode(session, mode)),
            8 => call!(self, camera_session_get_supported_exposure_duration_range(session, one, other)),
            9 => call!(self, camera_session_get_exposure_duration(session, one)),
            10 => call!(self, camera_session_set_exposure_duration(session, amount)),
            11 => call!(self, camera_session_is_exposure_metering_mode_supported(session, mode, yes)),
            12 => call!(self, camera_session_get_exposure_metering_mode(session, one)),
            13 => call!(self, camera_session_set_exposure_metering_mode(session, mode)),
            14 => call!(self, camera_session_get_metering_point(session, &raw mut point)),
            15 => call!(self, camera_session_set_metering_point(session, self.point())),
            16 => call!(self, camera_session_get_exposure_bias_range(session, low, high, step)),
            17 => call!(self, camera_session_get_exposure_bias_step(session, step)),
            18 => call!(self, camera_session_get_exposure_bias(session, low)),
            19 => call!(self, camera_session_set_exposure_bias(session, real as f32)),
            20 => call!(self, camera_session_get_exposure_value(session, low)),
            21 => call!(self, camera_session_get_supported_iso_range(session, one, other)),
            22 => call!(self, camera_session_get_iso(session, one)),
            23 => call!(self, camera_session_set_iso(session, amount)),
            24 => call!(self, camera_session_is_white_balance_mode_supported(session, mode, yes)),
            25 => call!(self, camera_session_get_white_balance_mode(session, one)),
            26 => call!(self, camera_session_set_white_balance_mode(session, mode)),
            27 => call!(self, camera_session_get_white_balance_range(session, one, other)),
            28 => call!(self, camera_session_get_white_balance(session, one)),
            _ => call!(self, camera_session_set_white_balance(session, amount)),
        };
    }

    fn zoom_and_focus(&self) {
        let (session, mode) = (self.pick(SESSION), self.mode());
        let (mut yes, mut one, mut least, mut most) = (false, 0, 0.0, 0.0);
        let mut point = camera_point { x: 0.0, y: 0.0 };
        let real = self.real();
        match self.byte() % 16 {
            0 => call!(self, camera_session_get_zoom_ratio_range(session, &raw mut least, &raw mut most)),
            1 => call!(self, camera_session_get_zoom_ratio(session, &raw mut least)),
            2 => call!(self, camera_session_set_zoom_ratio(session, real)),
            3 => call!(self, camera_session_set_smooth_zoom(session, real, mode.max(0))),
            4 => call!(self, camera_session_is_focus_mode_supported(session, mode, &raw mut yes)),
            5 => call!(self, camera_session_get_focus_mode(session, &raw mut one)),
            6 => call!(self, camera_session_set_focus_mode(session, mode)),
            7 => call!(self, camera_session_get_focus_point(session, &raw mut point)),
            8 => call!(self, camera_session_set_focus_point(session, self.point())),
            9 => call!(self, camera_session_is_focus_distance_supported(session, &raw mut yes)),
            10 => call!(self, camera_session_get_focus_distance(session, &raw mut least)),
            11 => call!(self, camera_session_set_focus_distance(session, real)),
            12 => call!(self, camera_session_get_focal_length(session, &raw mut least)),
            13 => call!(self, camera_session_is_video_stabilization_mode_supported(session, mode, &raw mut yes)),
            14 => call!(self, camera_session_get_video_stabilization_mode(session, &raw mut one)),
            _ => call!(self, camera_session_set_video_stabilization_mode(session, mode)),
        };
    }

    fn raw(&self) {
        let (input, id) = (self.pick(INPUT), self.one(&IDS));
        let (mut count, mut value, mut needed, mut text) = (0, 0, 0, [0; 40]);
        let mut info = camera_control_info { size: self.size_of::<camera_control_info>(), ..zeroed() };
        let mut item = camera_control_menu_item { size: self.size_of::<camera_control_menu_item>(), ..zeroed() };
        match self.byte() % 10 {
            0 => call!(self, camera_input_get_next_control(input, id, &raw mut info)),
            1 => call!(self, camera_input_describe_control(input, id, &raw mut info)),
            2 => call!(self, camera_input_get_control_menu_count(input, id, &raw mut count)),
            3 => {
                let nth = u32::from(self.byte() % 12);
                call!(self, camera_input_get_control_menu_item(input, id, nth, &raw mut item))
            }
            4 => call!(self, camera_input_get_control(input, id, &raw mut value)),
            5 | 6 => {
                let value = if self.byte() == 255 { self.number() as i64 } else { i64::from(self.amount()) };
                let value = if self.byte().is_multiple_of(2) { value % 8 } else { value };
                call!(self, camera_input_set_control(input, id, value))
            }
            7 => {
                let size = usize::from(self.byte()) % (text.len() + 1);
                call!(self, camera_input_get_control_text(input, id, text.as_mut_ptr(), size, &raw mut needed))
            }
            8 => {
                let words = self.one(&[c"front door", c"", c"\xff", c"more than the thirty-two bytes that it takes"]);
                call!(self, camera_input_set_control_text(input, id, words.as_ptr()))
            }
            _ => call!(self, camera_input_watch_control(input, id, !self.byte().is_multiple_of(4))),
        };
    }

    fn torch(&self) {
        let (manager, mode) = (self.pick(MANAGER), self.mode());
        let (mut yes, mut now) = (false, 0);
        match self.byte() % 5 {
            0 => call!(self, camera_manager_is_torch_supported(manager, &raw mut yes)),
            1 => call!(self, camera_manager_is_torch_mode_supported(manager, mode, &raw mut yes)),
            2 => call!(self, camera_manager_get_torch_mode(manager, &raw mut now)),
            3 => call!(self, camera_manager_set_torch_mode(manager, mode)),
            _ => {
                let mut status = camera_torch_status { size: self.size_of::<camera_torch_status>(), ..zeroed() };
                call!(self, camera_manager_get_torch_status(manager, &raw mut status))
            }
        };
    }

    /// A recording that cannot be written, or into a folder of this run, which goes with it.
    fn trace(&self) {
        let session = self.pick(SESSION);
        match self.byte() % 4 {
            0 => {
                let file = self.folder().and_then(|folder| std::ffi::CString::new(format!("{folder}/trace.mkv")).ok());
                let path = file.as_deref().filter(|_| self.byte() % 2 == 1).unwrap_or(c"/nowhere/trace.mkv");
                call!(self, camera_session_start_trace(session, path.as_ptr()))
            }
            1 => call!(self, camera_session_start_trace(session, self.one(&[c"", c"/nowhere/trace.mkv"]).as_ptr())),
            2 => call!(self, camera_session_stop_trace(session)),
            _ => {
                let size = self.size_of::<camera_trace_statistics>();
                let mut statistics = camera_trace_statistics { size, ..zeroed() };
                call!(self, camera_session_get_trace_statistics(session, &raw mut statistics))
            }
        };
    }

    /// Made when it is first wanted; `None`: there is no room for it.
    fn folder(&self) -> Option<String> {
        let mut folder = self.folder.borrow_mut();
        if folder.is_none() {
            // Several runs of one process, in tests, are at different places.
            let path = std::env::temp_dir().join(format!("camera-fuzz-{}-{self:p}", std::process::id()));
            *folder = std::fs::create_dir(&path).is_ok().then_some(path);
        }
        folder.as_ref().map(|folder| folder.to_string_lossy().into_owned())
    }

    fn options(&self) {
        let options = camera_session_options {
            size: self.size_of::<camera_session_options>(),
            silence_ms: self.one(&[0, -1, 20, 19, 5000]),
            reattach: i32::from(self.byte() % 3),
            settle_ms: if self.byte() == 255 { -1 } else { 0 },
        };
        call!(self, camera_session_set_options(self.pick(SESSION), &raw const options));
    }

    fn listen_to_cameras(&self) {
        let mut number = 0;
        let (at, which) = (&raw mut number, u64::from(self.byte() % 4));
        match self.byte() % 6 {
            0 | 1 => store!(self, input_told, camera_input_add_listener(self.pick(INPUT)) at),
            2 => drop(call!(self, camera_input_remove_listener(self.pick(INPUT), which))),
            3 | 4 => store!(self, manager_told, camera_manager_add_listener(self.pick(MANAGER)) at),
            _ => drop(call!(self, camera_manager_remove_listener(self.pick(MANAGER), which))),
        }
    }
}

unsafe extern "C" fn input_told(_: *mut camera_input, event: *const camera_input_event, data: *mut c_void) {
    // SAFETY: the library's promise: an event that is valid during the call.
    enter(data, unsafe { (*event).code }, |_| ());
}

unsafe extern "C" fn manager_told(_: *mut camera_manager, _: *const camera_manager_event, data: *mut c_void) {
    enter(data, 0, |_| ());
}
