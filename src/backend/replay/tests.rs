//! Files as cameras: what is in them, at which pace, and whatever may be wrong with them.

use super::*;
use crate::backend::FrameSink;
use crate::frame::Frame;
use crate::runtime::{Dispatcher, Log, Mode};
use proptest::prelude::*;
use std::path::Path;
use std::time::{Duration, Instant};

/// A file of the test's own, removed at its end.
struct Temporary(PathBuf);

impl Temporary {
    fn new(bytes: &[u8]) -> Temporary {
        let thread = format!("{:?}", std::thread::current().id()).replace(|c: char| !c.is_ascii_digit(), "");
        let path = std::env::temp_dir().join(format!("camera-replay-{}-{thread}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Temporary(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn replay(path: &Path) -> Replay {
    Replay { path: path.to_owned(), once: false, rate: None }
}

/// The facts and every picture of a file, with its time; `None`: damaged.
type Contents = (Facts, Vec<(u64, Option<Vec<u8>>)>);

fn contents(bytes: &[u8]) -> Result<Contents> {
    let file = Temporary::new(bytes);
    let mut reader = open(&replay(&file.0))?;
    let (facts, mut pictures) = (reader.facts(), Vec::new());
    let mut room = vec![0; facts.room];
    while let Some(Item::Picture(picture)) = reader.next()? {
        let length = reader.read(&mut room)?;
        pictures.push((picture.time_ns, length.map(|length| room[..length].to_vec())));
    }
    // Again from the start, the same.
    reader.rewind();
    assert_eq!(reader.next()?.is_some(), !pictures.is_empty());
    Ok((facts, pictures))
}

fn y4m(head: &str, picture: usize, count: u8) -> Vec<u8> {
    let mut bytes = format!("YUV4MPEG2 {head}\n").into_bytes();
    for number in 0..count {
        bytes.extend_from_slice(b"FRAME\n");
        bytes.extend(std::iter::repeat_n(number, picture));
    }
    bytes
}

/// The segments of a JPEG picture, without sense in its samples.
fn jpeg(width: u8, height: u8, number: u8) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, height, 0, width, 1, 1, 0x11, 0];
    bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, number, 0xff, 0, 7, 0xff, 0xd0, 9, 0xff, 0xd9]);
    bytes
}

fn element(id: u32, content: &[u8]) -> Vec<u8> {
    let id = id.to_be_bytes();
    let first = id.iter().position(|byte| *byte != 0).unwrap();
    let mut bytes = id[first..].to_vec();
    bytes.extend_from_slice(&(content.len() as u64 | 1 << 56).to_be_bytes());
    bytes.extend_from_slice(content);
    bytes
}

/// A Matroska file with one cluster of unknown size, and blocks at these milliseconds.
fn mkv(codec: &str, extra: &[u8], video: &[u8], blocks: &[(i16, Vec<u8>)]) -> Vec<u8> {
    let size = [element(0xb0, &[4]), element(0xba, &[2]), video.to_vec()].concat();
    let track = [element(0xd7, &[1]), element(0x86, codec.as_bytes()), extra.to_vec(), element(0xe0, &size)].concat();
    let mut bytes = element(0x1a45dfa3, &element(0x4282, b"matroska"));
    bytes.extend([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    bytes.extend(element(0x1549a966, &element(0x2ad7b1, &1_000_000u32.to_be_bytes())));
    bytes.extend(element(0x1654ae6b, &element(0xae, &track)));
    bytes.extend([0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    bytes.extend(element(0xe7, &[100]));
    for (ms, data) in blocks {
        let [high, low] = ms.to_be_bytes();
        bytes.extend(element(0xa3, &[&[0x81, high, low, 0x80], &data[..]].concat()));
    }
    bytes
}

fn grey_mkv(blocks: &[(i16, Vec<u8>)]) -> Vec<u8> {
    mkv("V_UNCOMPRESSED", &[], &element(0x2eb524, b"Y800"), blocks)
}

/// SPS and PPS of no sense.
const RECORD: &[u8] = &[1, 66, 0, 30, 0xff, 0xe1, 0, 2, 0x67, 9, 1, 0, 2, 0x68, 8];

#[test]
fn y4m_is_played_in_its_layouts_and_rates() {
    for (head, format, room, rate) in [
        ("W4 H2 F25:1 Ip A1:1 C420jpeg", PixelFormat::I420, 12, FrameRate::per_second(25)),
        ("W4 H2 F30000:1001", PixelFormat::I420, 12, FrameRate { frames: 30000, seconds: 1001 }),
        ("W5 H3 F50:1 C420mpeg2", PixelFormat::I420, 15 + 2 * 6, FrameRate::per_second(50)),
        ("W4 H2 F0:0 C422 XYSCSS=422", PixelFormat::from_fourcc(*b"422P"), 16, FrameRate::per_second(30)),
        ("W4 H2 C444", PixelFormat::from_fourcc(*b"444P"), 24, FrameRate::per_second(30)),
        ("W4 H2 Cmono XCOLORRANGE=FULL", PixelFormat::from_fourcc(*b"GREY"), 8, FrameRate::per_second(30)),
    ] {
        let (facts, pictures) = contents(&y4m(head, room, 3)).unwrap();
        assert_eq!((facts.format, facts.room, facts.rate), (format, room, rate), "{head}");
        assert_eq!(facts.colour == Colour::JFIF, head.contains("FULL"));
        let numbers: Vec<u8> = pictures.iter().map(|(_, bytes)| bytes.as_ref().unwrap()[room - 1]).collect();
        assert_eq!(numbers, [0, 1, 2]);
        let period = 1_000_000_000 * u64::from(rate.seconds) / u64::from(rate.frames);
        assert!(pictures[2].0.abs_diff(2 * period) <= 1);
    }
    let whole = y4m("W4 H2 F25:1", 12, 3);
    let cut = contents(&whole[..whole.len() - 1]).unwrap();
    assert_eq!(cut.1.len(), 2, "up to where it was cut off");
}

#[test]
fn jpeg_pictures_are_found_between_padding_and_damage() {
    let mut file = jpeg(4, 2, 0);
    file.extend([0, 0, 0xff, 0]);
    file.extend(jpeg(4, 2, 1));
    file.extend(&jpeg(4, 2, 2)[..26]); // torn: the next begins within it
    file.extend(jpeg(4, 2, 3));
    file.extend(jpeg(8, 2, 4));
    file.extend(&jpeg(4, 2, 5)[..20]);
    let (facts, pictures) = contents(&file).unwrap();
    assert_eq!((facts.format, facts.size, facts.rate), (PixelFormat::MJPEG, Size::new(4, 2), DEFAULT_RATE));
    let found: Vec<Option<Vec<u8>>> = pictures.into_iter().map(|(_, bytes)| bytes).collect();
    let whole = |number| Some(jpeg(4, 2, number));
    assert_eq!(found, [whole(0), whole(1), None, whole(3), None], "another size is none of this camera's");
}

#[test]
fn matroska_is_played_with_its_own_times() {
    let picture = |number: u8| vec![number; 8];
    let blocks = [(0, picture(1)), (40, picture(2)), (120, picture(3)), (160, vec![4; 7]), (200, picture(5))];
    let (facts, pictures) = contents(&grey_mkv(&blocks)).unwrap();
    assert_eq!((facts.format, facts.size), (PixelFormat::from_fourcc(*b"GREY"), Size::new(4, 2)));
    assert_eq!(facts.rate, FrameRate::per_second(25), "a gap is none of the periods");
    let times: Vec<u64> = pictures.iter().map(|(time, _)| time / 1_000_000).collect();
    assert_eq!(times, [0, 40, 80 + 40, 160, 200]);
    assert_eq!(pictures[3].1, None, "less than a picture");
    assert_eq!(pictures[4].1, Some(picture(5)));
    // Cut off within the last block.
    let file = grey_mkv(&blocks);
    assert_eq!(contents(&file[..file.len() - 3]).unwrap().1.len(), 4);
}

#[test]
fn h264_becomes_what_a_camera_gives() {
    let record = element(0x63a2, RECORD);
    let unit = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
    let blocks = [
        (0, unit(&[0x65, 1, 2])),
        (33, [unit(&[0x67, 7]), unit(&[0x68, 7]), unit(&[0x65, 3])].concat()),
        (67, vec![0, 0, 0, 9, 0x65]),
    ];
    let (facts, pictures) = contents(&mkv("V_MPEG4/ISO/AVC", &record, &[], &blocks)).unwrap();
    assert_eq!((facts.format, facts.rate), (PixelFormat::from_fourcc(*b"H264"), FrameRate::per_second(30)));
    let start = [0, 0, 0, 1];
    let sets = [&start[..], &[0x67, 9], &start, &[0x68, 8]].concat();
    assert_eq!(pictures[0].1, Some([&sets[..], &start, &[0x65, 1, 2]].concat()));
    assert_eq!(
        pictures[1].1,
        Some([&start[..], &[0x67, 7], &start, &[0x68, 7], &start, &[0x65, 3]].concat()),
        "it has parameter sets of its own"
    );
    assert_eq!(pictures[2].1, None, "a unit that is longer than its block");
}

#[test]
fn files_that_cannot_be_played_say_why() {
    let missing = open(&replay(Path::new("/nonexistent.y4m"))).err().unwrap();
    assert_eq!(missing.code(), Code::DeviceDisabled);
    assert_eq!(open(&replay(Path::new("/tmp"))).err().unwrap().code(), Code::ServiceFatalError);
    let cases: [(Vec<u8>, &str); 16] = [
        (vec![], "it is empty"),
        (b"RIFF....AVI ".to_vec(), "it begins with"),
        (b"YUV4MPEG2 W4 H2".to_vec(), "within its first line"),
        (y4m("W4 H2 C420p10", 24, 1), "420p10"),
        (y4m("Wx H2", 12, 1), "is no number"),
        (y4m("W4 H2 F30", 12, 1), "is no rate"),
        (y4m("W0 H2", 12, 1), "0x2"),
        (y4m("W32768 H32768 C444", 12, 1), "are not played"),
        (y4m("W4 H2", 11, 1), "no whole picture"),
        (y4m("W4 H2 C422", 12, 2), "at byte 43 the line FRAME"),
        ([b"YUV4MPEG2 W4 H2\nNO FRAME\n".to_vec(), vec![0; 99]].concat(), "at byte 16 the line FRAME"),
        (vec![0xff, 0xd8, 0xff, 0xd9], "tells its size"),
        (mkv("V_VP9", &[], &[], &[]), "V_VP9"),
        (mkv("V_UNCOMPRESSED", &[], &element(0x2eb524, b"????"), &[(0, vec![0; 8])]), "V_UNCOMPRESSED"),
        (mkv("V_MPEG4/ISO/AVC", &element(0x63a2, &RECORD[..9]), &[], &[(0, vec![0; 8])]), "CodecPrivate"),
        (grey_mkv(&[]), "no whole picture"),
    ];
    for (bytes, why) in cases {
        let error = contents(&bytes).unwrap_err();
        assert_eq!(error.code(), Code::ServiceFatalError);
        assert!(error.detail().contains(why), "{error}, not {why}");
    }
    let file = Temporary::new(&y4m("W4 H2", 12, 1));
    let told = open(&Replay { rate: Some(DEFAULT_RATE), ..replay(&file.0) }).err().unwrap();
    assert!(told.detail().contains("its own rate"), "{told}");
}

fn samples() -> Vec<Vec<u8>> {
    let unit = [0, 0, 0, 3, 0x65, 1, 2].to_vec();
    vec![
        y4m("W4 H2 F25:1 Ip C422", 16, 3),
        [jpeg(4, 2, 0), jpeg(4, 2, 1), jpeg(4, 2, 2)].concat(),
        grey_mkv(&[(0, vec![1; 8]), (40, vec![2; 8]), (80, vec![3; 8])]),
        mkv("V_MPEG4/ISO/AVC", &element(0x63a2, RECORD), &[], &[(0, unit.clone()), (33, unit)]),
        mkv("V_MJPEG", &[], &[], &[(0, jpeg(4, 2, 0)), (33, jpeg(4, 2, 1))]),
    ]
}

#[test]
fn files_cut_off_anywhere_are_played_or_refused() {
    for file in samples() {
        let (whole, all) = contents(&file).unwrap();
        for length in 0..file.len() {
            if let Ok((facts, pictures)) = contents(&file[..length]) {
                assert_eq!((facts.format, facts.size), (whole.format, whole.size));
                assert_eq!(pictures, all[..pictures.len()], "a beginning of it");
            }
        }
    }
}

proptest! {
    #[test]
    fn changed_files_are_played_or_refused(
        kind in 0usize..5,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = samples().swap_remove(kind);
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = contents(&file);
        file.truncate(cut.index(file.len()));
        let _ = contents(&file);
    }

    #[test]
    fn any_bytes_behind_a_known_beginning_are_played_or_refused(
        kind in 0usize..3,
        bytes in prop::collection::vec(prop_oneof![Just(0xffu8), Just(0xd8), Just(0xa3), Just(0x81), any::<u8>()], 0..300),
    ) {
        let begin: &[u8] = [&b"YUV4MPEG2 "[..], &[0xff, 0xd8], &[0x1a, 0x45, 0xdf, 0xa3]][kind];
        let _ = contents(&[begin, &bytes[..]].concat());
    }
}

// --- session recordings; the round trip is tested with their writer, in session/trace -----------------

/// Runs that were stopped, were not begun, and ended; MJPG and NM12.
const RECORDINGS: [&[u8]; 2] = [
    include_bytes!("../../../fuzz/seeds/replay/session-recording"),
    include_bytes!("../../../fuzz/seeds/replay/session-recording-uncompressed"),
];

fn walked(bytes: &[u8]) -> Result<usize> {
    walk::walk(&Temporary::new(bytes).0)
}

#[test]
fn session_recordings_cut_off_anywhere_are_played_up_to_there() {
    for (file, all) in RECORDINGS.into_iter().zip([8, 2]) {
        assert_eq!(walked(file).unwrap(), all, "pictures, damaged ones, silences, ends");
        // At most one more: a start of which it is not there yet that it failed.
        let played: Vec<usize> = (0..file.len()).filter_map(|length| walked(&file[..length]).ok()).collect();
        assert!(played.windows(2).all(|pair| pair[1] + 1 >= pair[0]) && played.len() > 20);
        assert_eq!((played.iter().max(), played.last()), (Some(&all), Some(&all)));
    }
}

#[test]
fn session_recordings_that_are_not_understood_say_why() {
    let changed = |from: &[u8], to: &[u8]| {
        let place = RECORDINGS[0].windows(from.len()).position(|bytes| bytes == from).unwrap();
        let mut file = RECORDINGS[0].to_vec();
        file[place..place + to.len()].copy_from_slice(to);
        contents(&file).unwrap_err().detail().to_owned()
    };
    let version = [b"CAMERA_SESSION_TRACE\x44\x87\x81".as_slice(), b"1"].concat();
    let other = [b"CAMERA_SESSION_TRACE\x44\x87\x81".as_slice(), b"2"].concat();
    for (from, to, why) in [
        (&version[..], &other[..], "take a newer camera-session"),
        (b"8x4", b"0x4", "are not played"),
        (b"8x4", b"8*4", "the tag SIZE"),
        (b"1196444237", b"119644423x", "the tag FORMAT"),
        (b"500/1", b"500/0", "the tag RATE"),
        (b"S_TEXT/UTF8", b"S_TEXT/UTF9", "lacks one of its two tracks"),
    ] {
        let told = changed(from, to);
        assert!(told.contains(why), "{told}, not {why}");
    }
}

proptest! {
    #[test]
    fn changed_session_recordings_are_played_or_refused(
        kind in 0usize..2,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut file = RECORDINGS[kind].to_vec();
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let _ = walked(&file);
    }
}

// --- the flow -----------------------------------------------------------------------------------------

/// Sequence, time and first byte of each frame; damaged ones; the end.
#[derive(Default)]
struct Diary {
    frames: Mutex<Vec<(u64, i64, u8)>>,
    corrupt: Mutex<Vec<u64>>,
    ended: Mutex<Vec<Error>>,
    held: Mutex<Option<Vec<Frame>>>,
}

impl FrameSink for Diary {
    fn frame(&self, frame: Frame, _: u32) {
        let info = frame.info();
        self.frames.lock().push((info.sequence, info.timestamp_ns, frame.plane(0).unwrap().1[0]));
        if let Some(held) = &mut *self.held.lock() {
            held.push(frame);
        }
    }
    fn corrupt(&self, sequence: u64) {
        self.corrupt.lock().push(sequence);
    }
    fn ended(&self, error: Error) {
        self.ended.lock().push(error);
    }
}

struct Bench {
    cameras: ReplayCameras,
    _file: Temporary,
}

impl Bench {
    fn new(bytes: &[u8], once: bool) -> Bench {
        let file = Temporary::new(bytes);
        let reactor = Reactor::new(Log::new(Dispatcher::new(Mode::Caller).unwrap())).unwrap();
        let replay = Replay { once, ..replay(&file.0) };
        let cameras = ReplayCameras::new(reactor, Workers::elastic("test"), vec![replay]);
        Bench { cameras, _file: file }
    }

    fn stream(&self, buffers: u32) -> Arc<dyn Stream> {
        let device = self.cameras.open("replay:0").unwrap();
        let mode = self.cameras.modes("replay:0").unwrap().remove(0);
        let config = StreamConfig { format: mode.format, size: mode.size, rate: Some(mode.rates[0]), buffers };
        device.configure(&config).unwrap()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.cameras.workers.shut_down();
        self.cameras.reactor.shut_down();
    }
}

fn wait_until(what: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !what() {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_file_is_repeated_at_its_own_pace_and_each_run_begins_it_anew() {
    let bench = Bench::new(&y4m("W4 H2 F100:1", 12, 7), false);
    let stream = bench.stream(4);
    for _ in 0..2 {
        let diary = Arc::new(Diary::default());
        stream.start(diary.clone()).unwrap();
        wait_until(|| diary.frames.lock().last().is_some_and(|(sequence, ..)| *sequence >= 30));
        stream.stop().unwrap();
        assert_eq!(Arc::strong_count(&diary), 1, "nothing holds the sink any more");
        let frames = diary.frames.lock().clone();
        let (first, start, _) = frames[0];
        for (sequence, time, byte) in frames {
            assert_eq!(u64::from(byte), sequence % 7);
            assert_eq!(time - start, (sequence - first) as i64 * 10_000_000);
        }
    }
}

#[test]
fn a_file_that_is_played_once_ends_like_a_camera_that_is_gone() {
    let mut file = jpeg(4, 2, 0);
    file.extend(&jpeg(4, 2, 1)[..26]);
    file.extend(jpeg(4, 2, 2));
    let bench = Bench::new(&file, true);
    let stream = bench.stream(4);
    for _ in 0..2 {
        let diary = Arc::new(Diary::default());
        stream.start(diary.clone()).unwrap();
        wait_until(|| !diary.ended.lock().is_empty());
        let error = diary.ended.lock()[0].clone();
        assert_eq!(error.code(), Code::DeviceDisabled);
        assert!(error.detail().starts_with("replay:0: the file was played to its end"), "{error}");
        assert!(diary.corrupt.lock().iter().all(|number| *number == 1));
        assert_eq!(diary.frames.lock().last().unwrap().0, 2);
        stream.stop().unwrap();
        assert_eq!(diary.ended.lock().len(), 1);
    }
}

#[test]
fn held_buffers_are_gaps_and_the_pace_is_kept() {
    let bench = Bench::new(&y4m("W4 H2 F200:1", 12, 9), false);
    let stream = bench.stream(2);
    let diary = Arc::new(Diary { held: Mutex::new(Some(Vec::new())), ..Diary::default() });
    stream.start(diary.clone()).unwrap();
    wait_until(|| diary.frames.lock().len() >= 4);
    std::thread::sleep(Duration::from_millis(60));
    let count = diary.frames.lock().len();
    assert!(count <= 6, "no more than there are buffers: {count}");
    drop(diary.held.lock().take());
    wait_until(|| diary.frames.lock().len() >= count + 5);
    stream.stop().unwrap();
    let frames = diary.frames.lock().clone();
    let gap = frames.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap();
    assert!(gap > 5, "{frames:?}");
    for pair in frames.windows(2) {
        assert_eq!(pair[1].1 - pair[0].1, (pair[1].0 - pair[0].0) as i64 * 5_000_000);
    }
}

#[test]
fn cameras_are_files_that_are_there() {
    let bench = Bench::new(&y4m("W4 H2 F25:1", 12, 2), false);
    let cameras = bench.cameras.cameras().unwrap();
    assert_eq!((cameras[0].id.as_str(), cameras[0].driver.as_str()), ("replay:0", "replay"));
    assert!(cameras[0].path.ends_with(&cameras[0].name));
    assert!(bench.cameras.owns("replay:7") && !bench.cameras.owns("replay:07") && !bench.cameras.owns("virtual:0"));
    assert_eq!(bench.cameras.open("replay:1").err().unwrap().code(), Code::DeviceDisabled);
    let device = bench.cameras.open("replay:0").unwrap();
    device.check_present().unwrap();
    let config = StreamConfig { format: PixelFormat::NV12, size: Size::new(4, 2), rate: None, buffers: 4 };
    assert_eq!(device.configure(&config).err().unwrap().code(), Code::ServiceFatalError);
    let config = StreamConfig { format: PixelFormat::I420, ..config };
    let stream = device.configure(&config).unwrap();
    assert_eq!(stream.rate(), Some(FrameRate::per_second(25)));
    assert_eq!(device.configure(&config).err().unwrap().code(), Code::ConflictCamera);
    drop(stream);
    drop(device.configure(&config).unwrap());
    std::fs::remove_file(&bench._file.0).unwrap();
    assert_eq!(bench.cameras.cameras().unwrap(), []);
    assert_eq!(device.check_present().unwrap_err().code(), Code::DeviceDisabled);
    assert_eq!(bench.cameras.open("replay:0").err().unwrap().code(), Code::DeviceDisabled);
}
