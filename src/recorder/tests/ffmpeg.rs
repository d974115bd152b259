//! The files as FFmpeg sees them: every frame decodes, to what was recorded, at its time.
//! `cargo test recorder -- --ignored` runs these where ffmpeg and ffprobe are.

use super::super::raw;
use super::object::Folder;
use super::*;
use std::path::Path;
use std::process::{Command, Stdio};

const MS: i64 = 1_000_000;

pub(super) fn run(program: &str, arguments: &[&str], path: &Path) -> Vec<u8> {
    let arguments =
        arguments.iter().map(|argument| if *argument == "FILE" { path.to_str().unwrap() } else { argument });
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{program} of {}: {errors}", path.display());
    output.stdout
}

/// Times of the packets in microseconds, and whether they are key frames.
fn packets(path: &Path) -> Vec<(u64, bool)> {
    let arguments = ["-v", "error", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", "FILE"];
    let text = String::from_utf8(run("ffprobe", &arguments, path)).unwrap();
    text.lines()
        .map(|line| {
            let (time, flags) = line.split_once(',').unwrap();
            let (seconds, micros) = time.split_once('.').unwrap();
            (seconds.parse::<u64>().unwrap() * 1_000_000 + micros.parse::<u64>().unwrap(), flags.starts_with('K'))
        })
        .collect()
}

pub(super) fn probe(path: &Path, entries: &str) -> String {
    let text = run("ffprobe", &["-v", "error", "-show_entries", entries, "-of", "csv=p=0", "FILE"], path);
    String::from_utf8(text).unwrap().trim().to_owned()
}

/// Every frame, decoded and in this format; any defect is a failure.
pub(super) fn decoded(path: &Path, format: &str) -> Vec<u8> {
    let arguments = [
        "-v",
        "error",
        "-xerror",
        "-err_detect",
        "explode",
        "-i",
        "FILE",
        "-fps_mode",
        "passthrough",
        "-f",
        "rawvideo",
    ];
    run("ffmpeg", &[&arguments[..], &["-pix_fmt", format, "-"]].concat(), path)
}

/// Intervals as cameras have them: a little off, and now and then a frame is missing.
fn times(count: usize) -> Vec<i64> {
    let mut time = 123_456_789_012;
    (0..count as i64)
        .map(|n| {
            time += 33_366_700 + (n * 7_919 % 801 - 400) * 1_000 + if n % 17 == 16 { 33_366_700 } else { 0 };
            time
        })
        .collect()
}

fn check_times(path: &Path, times: &[i64]) {
    let packets = packets(path);
    assert_eq!(packets.len(), times.len());
    for ((seen, key), time) in packets.iter().zip(times) {
        let exact = (time - times[0]) as u64 / 1_000;
        assert!(exact.abs_diff(*seen) <= 51 && *key, "{exact} us is {seen} us in the file");
    }
}

#[test]
#[ignore = "needs ffmpeg"]
fn motion_jpeg_decodes_with_and_without_tables_whole_and_cut_off() {
    let folder = Folder::new("ffmpeg-mjpeg");
    let size = Size::new(320, 240);
    let times = times(150);
    for tables in [true, false] {
        let frames: Vec<_> = (0..)
            .zip(&times)
            .map(|(n, time)| compressed(PixelFormat::MJPEG, size, &jpeg(size, n, tables), n, *time))
            .collect();
        let (unfinished, finished) = record(Container::Matroska, None, &frames);
        for (name, bytes) in [("unfinished", &unfinished), ("finished", &finished)] {
            let path = folder.0.join(format!("{name}-{tables}.mkv"));
            std::fs::write(&path, bytes).unwrap();
            check_times(&path, &times);
            assert_eq!(decoded(&path, "yuvj420p").len(), 150 * 320 * 240 * 3 / 2);
        }
        let path = folder.0.join(format!("finished-{tables}.mkv"));
        assert_eq!(probe(&path, "stream=codec_name,width,height"), "mjpeg,320,240");
        let seconds: f64 = probe(&path, "format=duration").parse().unwrap();
        let expected = (times[149] - times[0] + times[149] - times[148]) as f64 / 1e9;
        assert!((seconds - expected).abs() < 0.000_2, "{seconds} {expected}");
        // Seeking takes the index: the cluster before 4 s is found, which FFmpeg has not seen yet.
        let arguments =
            ["-v", "error", "-read_intervals", "4%+#1", "-show_entries", "packet=pts_time", "-of", "csv=p=0", "FILE"];
        let text = String::from_utf8(run("ffprobe", &arguments, &path)).unwrap();
        let found: f64 = text.trim().parse().unwrap();
        assert!((2.9..=4.05).contains(&found), "{found}");
        // Cut off: everything that is whole decodes.
        let file = reader::read(&unfinished[..]);
        for length in [unfinished.len() / 3, unfinished.len() / 2 + 1, unfinished.len() - 1] {
            let path = folder.0.join("cut.mkv");
            std::fs::write(&path, &unfinished[..length]).unwrap();
            let whole = file.blocks.iter().filter(|block| block.data.end <= length as u64).count();
            let arguments = ["-v", "fatal", "-i", "FILE", "-fps_mode", "passthrough", "-f", "framemd5", "-"];
            let text = String::from_utf8(run("ffmpeg", &arguments, &path)).unwrap();
            let seen = text.lines().filter(|line| !line.starts_with('#')).count();
            assert!((whole..=whole + 1).contains(&seen), "{seen} of {whole} at {length}");
        }
    }
}

#[test]
#[ignore = "needs ffmpeg"]
fn uncompressed_pictures_come_back_byte_by_byte() {
    let folder = Folder::new("ffmpeg-raw");
    let formats: [(PixelFormat, &str); 34] = [
        (PixelFormat::YUYV, "yuyv422"),
        (v4l2(b"UYVY"), "uyvy422"),
        (v4l2(b"YVYU"), "yvyu422"),
        (v4l2(b"VYUY"), "yuv422p"),
        (PixelFormat::NV12, "nv12"),
        (PixelFormat::NV12M, "nv12"),
        (PixelFormat::NV21, "nv21"),
        (PixelFormat::YUV_420_SP, "nv21"),
        (v4l2(b"NV16"), "yuv422p"),
        (v4l2(b"NV61"), "yuv422p"),
        (v4l2(b"NV24"), "yuv444p"),
        (v4l2(b"NV42"), "yuv444p"),
        (PixelFormat::I420, "yuv420p"),
        (v4l2(b"YM12"), "yuv420p"),
        (v4l2(b"YV12"), "yuv420p"),
        (v4l2(b"YM21"), "yuv420p"),
        (v4l2(b"422P"), "yuv422p"),
        (v4l2(b"YM16"), "yuv422p"),
        (v4l2(b"444P"), "yuv444p"),
        (v4l2(b"YM24"), "yuv444p"),
        (v4l2(b"GREY"), "gray"),
        (v4l2(b"Y16 "), "gray16le"),
        (v4l2(b"RGB3"), "rgb24"),
        (v4l2(b"BGR3"), "bgr24"),
        (v4l2(b"RGBP"), "rgb565le"),
        (PixelFormat::RGBA_8888, "rgba"),
        (v4l2(b"AB24"), "rgba"),
        (v4l2(b"AR24"), "bgra"),
        (v4l2(b"XR24"), "bgr0"),
        (v4l2(b"XB24"), "rgb0"),
        (v4l2(b"BA81"), "bayer_bggr8"),
        (v4l2(b"GBRG"), "bayer_gbrg8"),
        (v4l2(b"GRBG"), "bayer_grbg8"),
        (v4l2(b"RGGB"), "bayer_rggb8"),
    ];
    let size = Size::new(64, 36);
    for (format, name) in formats {
        let times = times(5);
        let frames: Vec<_> = (0..).zip(&times).map(|(n, time)| picture(format, size, 16, n, *time)).collect();
        let (_, bytes) = record(Container::Matroska, None, &frames);
        let path = folder.0.join(format!("{}.mkv", format.number()));
        std::fs::write(&path, &bytes).unwrap();
        check_times(&path, &times);
        let pix_fmt = probe(&path, "stream=codec_name,pix_fmt");
        assert_eq!(pix_fmt, format!("rawvideo,{name}"), "{format}");
        let pictures = frames.iter().map(|frame| match &format.number().to_le_bytes() {
            // Where V comes before U FFmpeg swaps them; what has no code of its own is in planes.
            b"YV12" | b"YM21" | b"VYUY" | b"NV16" | b"NV61" | b"NV24" | b"NV42" => {
                let components = raw::components(format).unwrap();
                raw::planar(frame, &components, &mut Vec::new()).unwrap().concat()
            }
            _ => tight_bytes(frame),
        });
        let expected = pictures.collect::<Vec<_>>().concat();
        assert!(decoded(&path, name) == expected, "{format} decodes to something else");
    }
}

#[test]
#[ignore = "needs ffmpeg"]
fn y4m_comes_back_byte_by_byte() {
    let folder = Folder::new("ffmpeg-y4m");
    for (format, name) in [
        (PixelFormat::YUYV, "yuv422p"),
        (PixelFormat::NV12, "yuv420p"),
        (PixelFormat::I420, "yuv420p"),
        (v4l2(b"NV24"), "yuv444p"),
        (v4l2(b"GREY"), "gray"),
    ] {
        for size in [Size::new(64, 36), Size::new(33, 17)] {
            let frames: Vec<_> = (0..25).map(|n| picture(format, size, 0, n, n as i64 * 40 * MS)).collect();
            let (_, bytes) = record(Container::Y4m, None, &frames);
            let path = folder.0.join("a.y4m");
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(
                probe(&path, "stream=pix_fmt,width,height,r_frame_rate"),
                format!("{},{},{name},25/1", size.width, size.height)
            );
            let mut expected = Vec::new();
            let start = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
            for chunk in bytes[start..].chunks((bytes.len() - start) / 25) {
                expected.extend_from_slice(&chunk[6..]);
            }
            assert!(decoded(&path, name) == expected, "{format} {size}");
        }
    }
}

#[test]
#[ignore = "needs ffmpeg"]
fn h264_decodes_to_what_the_stream_decodes_to() {
    let folder = Folder::new("ffmpeg-h264");
    let size = Size::new(320, 240);
    for profile in ["baseline", "high", "high422"] {
        let stream = folder.0.join("a.h264");
        let pixels = if profile == "high422" { "yuv422p10le" } else { "yuv420p" };
        let source = ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=30", "-frames:v", "90"];
        let codec = ["-c:v", "libx264", "-profile:v", profile, "-pix_fmt", pixels, "-bf", "0", "-g", "20"];
        let rest = ["-x264-params", "aud=1:repeat-headers=1:slices=3:scenecut=0", "-f", "h264", "FILE"];
        run("ffmpeg", &[&source[..], &codec[..], &rest[..]].concat(), &stream);
        let bytes = std::fs::read(&stream).unwrap();
        // A delimiter begins each picture.
        let starts: Vec<_> = (0..bytes.len() - 5).filter(|at| bytes[*at..].starts_with(&[0, 0, 0, 1, 9])).collect();
        assert_eq!(starts.len(), 90);
        let ends = starts[1..].iter().copied().chain([bytes.len()]);
        let times = times(90);
        let frames: Vec<_> = starts
            .iter()
            .zip(ends)
            .zip(0..)
            .map(|((start, end), n)| compressed(v4l2(b"H264"), size, &bytes[*start..end], n as u64, times[n]))
            .collect();
        // The first pictures are missed: the recording begins with the next key frame.
        let memory = sinks::Memory::default();
        let mut recording = Recording::new(Container::Matroska, None, Box::new(memory.clone()));
        for (n, frame) in frames.iter().enumerate().skip(5) {
            assert_eq!(recording.frame(frame).unwrap() == Taken::Written, n >= 20);
        }
        recording.finish().0.unwrap();
        let path = folder.0.join("a.mkv");
        std::fs::write(&path, memory.bytes()).unwrap();
        let packets = packets(&path);
        assert_eq!(packets.len(), 70);
        for (n, (seen, key)) in packets.iter().enumerate() {
            let exact = (times[n + 20] - times[20]) as u64 / 1_000;
            assert!(exact.abs_diff(*seen) <= 51);
            assert_eq!(*key, n % 20 == 0);
        }
        let seen = decoded(&path, pixels);
        let all = decoded(&stream, pixels);
        let picture = all.len() / 90;
        assert!(seen == all[20 * picture..], "{profile}");
    }
}

/// Records pictures of 16 MiB, whose data are holes, into a file of 4.7 GB on the disk.
fn record_holes(container: Container, path: &Path, times: &[i64]) -> u64 {
    let sink = sinks::Holes(std::fs::File::create(path).unwrap());
    let mut recording = Recording::new(container, None, Box::new(sink));
    let (format, size) = (v4l2(b"GREY"), Size::new(4096, 4096));
    let layout = Layout::new(format, size, &[]).unwrap();
    let pool = HeapPool::new(1, &[layout.memory_length(0)]);
    for (n, time) in (0..).zip(times) {
        let info = FrameInfo {
            format,
            size,
            layout,
            sequence: n,
            timestamp_ns: *time,
            flags: 0,
            colour: crate::format::Colour::JFIF,
        };
        assert_eq!(recording.frame(&pool.take().unwrap().1.into_frame(info)), Ok(Taken::Written));
    }
    let (result, finished) = recording.finish();
    result.unwrap();
    assert_eq!(finished.bytes, std::fs::metadata(path).unwrap().len());
    finished.bytes
}

/// Times in microseconds and positions of the packets that FFmpeg finds from this second on.
fn packets_from(second: &str, path: &Path) -> Vec<(u64, u64)> {
    let arguments = ["-v", "error", "-read_intervals", second, "-show_entries", "packet=pts_time,pos"];
    let text = run("ffprobe", &[&arguments[..], &["-of", "csv=p=0", "FILE"]].concat(), path);
    let packet = |line: &str| {
        let (time, position) = line.split_once(',').unwrap();
        ((time.parse::<f64>().unwrap() * 1e6).round() as u64, position.parse().unwrap())
    };
    String::from_utf8(text).unwrap().lines().map(packet).collect()
}

#[test]
#[ignore = "needs ffmpeg; makes a sparse file of 4.7 GB"]
fn ffprobe_seeks_beyond_4_gib_in_matroska() {
    let folder = Folder::new("ffmpeg-large");
    let path = folder.0.join("a.mkv");
    let times = times(280);
    assert!(record_holes(Container::Matroska, &path, &times) > 4_600_000_000);
    let seconds: f64 = probe(&path, "format=duration").parse().unwrap();
    let expected = (times[279] - times[0] + times[279] - times[278]) as f64 / 1e9;
    assert!((seconds - expected).abs() < 0.000_2, "{seconds} {expected}");
    // To the end, by the index, which is itself at the end.
    let packets = packets_from("9.5", &path);
    assert!(packets.len() < 30 && packets[0].1 > 4_294_967_296, "{packets:?}");
    for ((seen, _), time) in packets.iter().rev().zip(times.iter().rev()) {
        assert!(((time - times[0]) as u64 / 1_000).abs_diff(*seen) <= 51, "{packets:?}");
    }
}

#[test]
#[ignore = "needs ffmpeg; makes a sparse file of 4.7 GB"]
fn ffprobe_seeks_beyond_4_gib_in_y4m() {
    let folder = Folder::new("ffmpeg-large-y4m");
    let path = folder.0.join("a.y4m");
    let times: Vec<_> = (0..280).map(|n| n * 40 * MS).collect();
    let bytes = record_holes(Container::Y4m, &path, &times);
    let picture = (4096 * 4096 + 6) as u64;
    let header = bytes - 280 * picture;
    assert!(bytes > 4_600_000_000 && header < 100);
    assert_eq!(probe(&path, "stream=r_frame_rate,nb_frames,duration"), "25/1,11.200000,N/A");
    let packets = packets_from("11%+#5", &path);
    // FFmpeg begins a frame early, and counts positions from behind the word FRAME.
    let expected: Vec<_> = (274..279).map(|n| (n * 40_000, header + n * picture + 6)).collect();
    assert_eq!(packets, expected);
    assert!(packets[0].1 > 4_294_967_296);
}

#[test]
#[ignore = "needs ffmpeg, and a nearly empty file system of a few MB named in CAMERA_TEST_SMALL_DISK"]
fn a_disk_that_fills_up_leaves_a_file_that_decodes() {
    let disk = PathBuf::from(std::env::var_os("CAMERA_TEST_SMALL_DISK").expect("names the file system"));
    let path = disk.join("a.mkv");
    let mut recording = Recording::new(Container::Matroska, None, Box::new(Regular::create(&path).unwrap()));
    let size = Size::new(320, 240);
    let bytes = jpeg(size, 0, false);
    let times = times(10_000);
    let (mut written, mut error) = (0, None);
    while error.is_none() {
        match recording.frame(&compressed(PixelFormat::MJPEG, size, &bytes, 0, times[written])) {
            Ok(_) => written += 1,
            Err(full) => error = Some(full),
        }
    }
    let error = error.unwrap();
    assert!(error.detail().contains("disk is full"), "{error}");
    let finished = recording.finish();
    println!("{written} frames, {finished:?}");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), finished.1.bytes);
    check_times(&path, &times[..written]);
    assert_eq!(decoded(&path, "yuvj420p").len(), written * 320 * 240 * 3 / 2);
    let seconds: f64 = probe(&path, "format=duration").parse().unwrap();
    assert!((seconds - finished.1.duration_ns as f64 / 1e9).abs() < 0.000_2);
    std::fs::remove_file(&path).unwrap();
}

#[test]
#[ignore = "a measurement; run with --release --nocapture"]
fn cost_of_motion_jpeg() {
    let size = Size::new(1280, 720);
    let folder = Folder::new("cost");
    for (tables, path) in [(true, "/dev/null".into()), (true, folder.0.join("a")), (false, folder.0.join("b"))] {
        let bytes = jpeg(size, 0, tables);
        let sink = Regular::create(&path).unwrap();
        let mut recording = Recording::new(Container::Matroska, None, Box::new(sink));
        let frames: Vec<_> =
            (0..32).map(|n| compressed(PixelFormat::MJPEG, size, &bytes, n, n as i64 * 33 * MS)).collect();
        let count = 900u32;
        let cpu = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        let before = cpu();
        for n in 0..count as usize {
            recording.frame(&frames[n % 32]).unwrap();
        }
        let after = cpu();
        let spent = (after.tv_sec - before.tv_sec) * 1_000_000_000 + after.tv_nsec - before.tv_nsec;
        println!(
            "{}: {} bytes a frame, {} us of CPU a frame",
            path.display(),
            bytes.len(),
            spent / 1_000 / i64::from(count)
        );
    }
}
