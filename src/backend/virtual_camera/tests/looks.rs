//! Effects of controls, measured in the picture.

use super::controls::Desk;
use super::*;
use crate::backend::control::{Controls, Value, ids};
use crate::backend::virtual_camera::controls::scene::Look;

const RGB3: PixelFormat = PixelFormat::from_fourcc(*b"RGB3");
const SIZE: Size = Size::new(320, 240);
/// Rows in which the colour bars are, above the moving bar, and the ramp.
const BARS: u32 = 40;
const RAMP: u32 = 200;

/// Pictures of one camera in one format.
struct Eye(Arc<Canvas>);

impl Eye {
    fn new(format: PixelFormat, size: Size) -> Eye {
        Eye(Canvas::new(Arc::new(Artist::new(2, format, size).unwrap()), 1))
    }

    fn sees(&self, look: &Look, number: u32) -> Frame {
        self.0.frame(number, look, 0, 0).unwrap()
    }
}

/// A picture in red, green and blue.
struct Picture {
    size: Size,
    pixels: Vec<u8>,
}

impl Picture {
    fn of(look: &Look, number: u32) -> Picture {
        let frame = Eye::new(RGB3, SIZE).sees(look, number);
        assert_eq!(
            (number_in(&frame, Row::Frame), number_in(&frame, Row::Camera)),
            (Some(number), Some(2)),
            "{look:?}"
        );
        Picture { size: SIZE, pixels: frame.plane(0).unwrap().1.to_vec() }
    }

    fn at(&self, x: u32, y: u32) -> [i32; 3] {
        let at = 3 * (y * self.size.width + x) as usize;
        [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]].map(i32::from)
    }

    fn brightness(&self) -> i64 {
        self.pixels.iter().map(|value| i64::from(*value)).sum::<i64>() / self.pixels.len() as i64
    }

    /// The steepest step in a row.
    fn sharpness(&self, y: u32) -> i32 {
        (1..self.size.width).map(|x| (self.at(x, y)[1] - self.at(x - 1, y)[1]).abs()).max().unwrap()
    }
}

/// The picture once these controls are set.
fn after(settings: &[(u32, i64)]) -> Picture {
    let mut desk = Desk::new("");
    desk.begin();
    settings.iter().for_each(|(id, value)| desk.set(*id, *value));
    Picture::of(&desk.looks(40)[39], 9)
}

#[test]
fn a_view_without_any_effect_is_the_picture_itself() {
    for format in artist::formats() {
        for size in [SIZE, SMALL, Size::new(640, 480)] {
            let (plain, viewed) = (Eye::new(format, size), Eye::new(format, size));
            for number in [0, 7, 0xdead_beef] {
                let plain = plain.sees(&Look::default(), number);
                // What an effect too small to be seen takes its way through.
                let artist = Artist::new(2, format, size).unwrap();
                let mut view = crate::backend::virtual_camera::view::View::default();
                let mut bytes = vec![0; artist.room()];
                let mut drawn = artist.prepare(&mut bytes);
                let length = match &artist {
                    Artist::Plain(painter) => {
                        view.aim(painter.geometry(), &Look::default(), number);
                        painter.draw_view(&mut bytes, &mut drawn, number, &mut view);
                        bytes.len()
                    }
                    Artist::Jpeg(painter) => {
                        view.aim(painter.geometry(), &Look::default(), number);
                        painter.draw_view(&mut bytes, number, &mut view)
                    }
                };
                let planes: Vec<u8> = plain.planes().flat_map(|(_, bytes)| bytes.to_vec()).collect();
                assert!(planes == bytes[..length], "{format} {size}, frame {number}");
                // Effects leave nothing behind.
                let dark = viewed.sees(&Look { level: -2000, zoom: 300, vflip: true, ..Look::default() }, number);
                assert!(dark.planes().flat_map(|(_, bytes)| bytes.to_vec()).collect::<Vec<_>>() != planes);
                drop(dark);
                let back = viewed.sees(&Look::default(), number);
                assert!(back.planes().flat_map(|(_, bytes)| bytes.to_vec()).collect::<Vec<_>>() == planes);
            }
        }
    }
}

#[test]
fn brightness_follows_exposure_gain_bias_light_and_the_control_itself() {
    let normal = after(&[]).brightness();
    let manual = |time, iso, gain| {
        let (auto, speed) = (ids::EXPOSURE_AUTO, ids::ISO_SENSITIVITY_AUTO);
        let settings = [(auto, 1), (speed, 0), (ids::AUTOGAIN, 0), (ids::EXPOSURE_ABSOLUTE, time)];
        after(&[&settings[..], &[(ids::ISO_SENSITIVITY, iso), (ids::GAIN, gain)]].concat()).brightness()
    };
    assert_eq!(manual(100, 1, 16), normal);
    let times = [5, 20, 50, 100, 200, 800].map(|time| manual(time, 1, 16));
    assert!(times.windows(2).all(|pair| pair[0] + 5 < pair[1]), "{times:?}");
    assert!((manual(50, 2, 16) - normal).abs() <= 1 && (manual(25, 1, 64) - normal).abs() <= 1);
    let biases = [0, 3, 6, 9, 12].map(|bias| after(&[(ids::AUTO_EXPOSURE_BIAS, bias)]).brightness());
    assert!(biases.windows(2).all(|pair| pair[0] + 5 < pair[1]) && biases[2] == normal, "{biases:?}");
    let levels = [-64, -20, 0, 20, 64].map(|level| after(&[(ids::BRIGHTNESS, level)]).brightness());
    assert!(levels.windows(2).all(|pair| pair[0] + 10 < pair[1]) && levels[2] == normal, "{levels:?}");
    let torch = [25, 100, 200].map(|light| {
        after(&[(ids::FLASH_LED_MODE, ids::FLASH_LED_TORCH), (ids::FLASH_TORCH_INTENSITY, light)]).brightness()
    });
    assert!(normal + 5 < torch[0] && torch[0] + 5 < torch[1] && torch[1] < torch[2], "{torch:?}");
}

#[test]
fn contrast_spreads_values_and_saturation_colours() {
    let spread = |contrast| {
        let picture = after(&[(ids::CONTRAST, contrast)]);
        picture.at(200, RAMP)[0] - picture.at(120, RAMP)[0]
    };
    let (none, usual, more) = (spread(0), spread(32), spread(64));
    assert!(none == 0 && usual == 64 && (125..=130).contains(&more), "{none} {usual} {more}");
    let colourful = |saturation| {
        let [r, g, b] = after(&[(ids::SATURATION, saturation)]).at(300, BARS);
        r.max(g).max(b) - r.min(g).min(b)
    };
    assert_eq!((colourful(0), colourful(64)), (0, 191));
    assert!(colourful(128) > 205 && colourful(32) < 100);
}

#[test]
fn white_balance_tints() {
    let balance = |settings: &[(u32, i64)]| {
        let [r, g, b] = after(settings).at(160, RAMP);
        assert!((g - 127).abs() <= 1);
        r - b
    };
    let manual = |kelvin| balance(&[(ids::AUTO_WHITE_BALANCE, 0), (ids::WHITE_BALANCE_TEMPERATURE, kelvin)]);
    let tints = [2800, 4000, 4600, 5000, 6500].map(manual);
    assert!(tints.windows(2).all(|pair| pair[0] + 5 < pair[1]) && tints[2] == 0, "{tints:?}");
    let preset = |preset| balance(&[(ids::AUTO_N_PRESET_WHITE_BALANCE, preset)]);
    assert!(preset(2) < -60 && preset(1) == 0 && preset(6) > 20 && preset(9) > preset(8));
}

#[test]
fn edges_are_sharp_where_the_lens_is_focused() {
    let focused = |focus| after(&[(ids::FOCUS_AUTO, 0), (ids::FOCUS_ABSOLUTE, focus)]).sharpness(BARS);
    let steps = [0, 50, 90, 95, 100, 105, 150, 250].map(focused);
    assert!(steps[..5].windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
    assert!(steps[4..].windows(2).all(|pair| pair[0] > pair[1]), "{steps:?}");
    assert!(steps[4] == 191 && steps[0] < 30, "{steps:?}");
    let sharp = [0, 2, 3].map(|sharpness| after(&[(ids::SHARPNESS, sharpness)]).sharpness(BARS));
    assert!(sharp[0] < sharp[1] && sharp[1] < sharp[2], "{sharp:?}");
    let more = after(&[(ids::SHARPNESS, 6)]);
    assert!((0..320).any(|x| more.at(x, BARS)[1] > 200), "edges are drawn over");
    // Up and down too.
    let blurred = after(&[(ids::FOCUS_AUTO, 0), (ids::FOCUS_ABSOLUTE, 0)]);
    assert!((175..185).all(|y| blurred.at(300, y) != blurred.at(300, y - 1)));
}

#[test]
fn zoom_enlarges_around_the_middle_and_flips_turn() {
    let (plain, zoomed) = (after(&[]), after(&[(ids::ZOOM_ABSOLUTE, 200)]));
    for (x, y) in [(8, BARS), (40, 100), (100, 60), (200, 20), (310, 200)] {
        // Between the pixels of an edge there is no telling.
        let from = plain.at(160 + x / 2 - 80, 120 + y / 2 - 60);
        assert_eq!(zoomed.at(x, y), from, "{x} {y}");
    }
    let colours =
        |picture: &Picture| (0..320).map(|x| picture.at(x, BARS)).collect::<std::collections::HashSet<_>>().len();
    assert!(colours(&after(&[(ids::ZOOM_ABSOLUTE, 400)])) <= 4 && colours(&plain) == 8);
    let (across, down) = (after(&[(ids::HFLIP, 1)]), after(&[(ids::VFLIP, 1)]));
    for (x, y) in [(10, 20), (77, 61), (200, 150), (319, 230)] {
        assert_eq!(across.at(319 - x, y), plain.at(x, y));
        assert_eq!(down.at(x, 239 - y), plain.at(x, y));
    }
}

#[test]
fn a_covered_camera_shows_black_and_its_number() {
    let mut desk = Desk::new("cover@1f-");
    desk.begin();
    let looks = desk.looks(3);
    let picture = Picture::of(&looks[2], 4);
    assert!((8..232).all(|y| picture.at(100, y) == [0; 3]) && looks[0] == Look::default());
}

#[test]
fn a_stream_shows_what_is_set_while_it_runs() {
    let bench = Bench::new(1);
    let device = bench.cameras.open("virtual:0").unwrap();
    let controls: Arc<dyn Controls> = device.controls().unwrap();
    let stream = device.configure(&config(RGB3, SMALL, 100, 4)).unwrap();
    /// The picture's brightness in each frame, and whether its number could be read.
    #[derive(Default)]
    struct Meter(Mutex<Vec<u64>>);
    impl FrameSink for Meter {
        fn frame(&self, frame: Frame, _: u32) {
            assert_eq!(number_in(&frame, Row::Frame), Some(frame.info().sequence as u32));
            let bytes = frame.plane(0).unwrap().1;
            self.0.lock().push(bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>() / bytes.len() as u64);
        }
        fn corrupt(&self, _: u64) {}
        fn ended(&self, error: Error) {
            panic!("{error}");
        }
    }
    let meter = Arc::new(Meter::default());
    let last = |count: usize| {
        let from = meter.0.lock().len();
        wait_until(|| meter.0.lock().len() >= from + count);
        *meter.0.lock().last().unwrap()
    };
    stream.start(meter.clone()).unwrap();
    let normal = last(2);
    controls.set(ids::BRIGHTNESS, &Value::Number(64)).unwrap();
    assert!(last(2) > normal + 30);
    stream.stop().unwrap();
    stream.start(meter.clone()).unwrap();
    assert!(last(1) > normal + 30, "a stop changes nothing");
    controls.set(ids::BRIGHTNESS, &Value::Number(0)).unwrap();
    assert_eq!(last(2), normal);
    stream.stop().unwrap();
}
