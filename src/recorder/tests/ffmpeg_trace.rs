//! Session recordings as FFmpeg sees them: the pictures decode, and the lines are subtitles.
//! `cargo test recorder -- --ignored` runs these where ffmpeg and ffprobe are.

use super::ffmpeg::{decoded, probe, run};
use super::object::Folder;
use super::trace::{configuration, shown, told};
use super::*;
use crate::recorder::trace::{Entry, Writer};
use crate::trace::Event;
use std::path::Path;

const MS: i64 = 1_000_000;

/// A trace of these frames, one of them missing and one damaged, that the camera's end closes.
fn trace(path: &Path, frames: &[Frame]) {
    let info = *frames[0].info();
    let mut writer = Writer::new(path).unwrap();
    let mut write = |entry: Entry| writer.write(&entry).unwrap();
    write(Entry::Configured(configuration(info.format, info.size)));
    write(told(7, Event::Start));
    for (at, frame) in (1..).zip(frames) {
        assert!(write(shown(at * 100 * MS, frame)));
    }
    write(told(900 * MS, Event::Corrupt(99)));
    write(told(901 * MS, Event::End(Error::fatal("VIDIOC_DQBUF: EIO <5> & {more}"))));
    write(told(902 * MS, Event::Close));
    writer.finish().unwrap();
}

fn check(path: &Path, codec: &str, frames: usize) {
    assert_eq!(probe(path, "stream=codec_name"), format!("{codec}\nsubrip"));
    assert_eq!(probe(path, "format_tags=CAMERA_SESSION_TRACE,CAMERA_NAME"), "1,Test <camera> & \u{e4}");
    // Configuration, start, damage, end, close.
    assert_eq!(probe(path, "packet=stream_index").lines().count(), 2 * frames + 5);
    let text = run("ffmpeg", &["-v", "error", "-i", "FILE", "-map", "0:s", "-c", "copy", "-f", "srt", "-"], path);
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains(" corrupt 99\n") && text.contains("end 7400201: VIDIOC_DQBUF: EIO <5> & {more}"), "{text}");
    assert!(text.contains(" configuration\nthe plan\nin words\n"), "{text}");
}

#[test]
#[ignore = "needs ffmpeg"]
fn traces_decode_byte_by_byte_and_tell_what_happened() {
    let folder = Folder::new("ffmpeg-trace");
    let size = Size::new(64, 36);
    for (format, name) in [
        (PixelFormat::YUYV, "yuyv422"),
        (PixelFormat::NV12, "nv12"),
        (PixelFormat::NV12M, "nv12"),
        (PixelFormat::YUV_420_SP, "nv21"),
        (PixelFormat::I420, "yuv420p"),
        (v4l2(b"422P"), "yuv422p"),
        (v4l2(b"GREY"), "gray"),
        (v4l2(b"RGB3"), "rgb24"),
        (PixelFormat::RGBA_8888, "rgba"),
        (v4l2(b"BA81"), "bayer_bggr8"),
    ] {
        let path = folder.0.join(format!("{}.mkv", format.number()));
        let frames: Vec<_> = (0..5).map(|n| picture(format, size, 16, n, n as i64 * 100 * MS)).collect();
        trace(&path, &frames);
        check(&path, "rawvideo", 5);
        let expected: Vec<u8> = frames.iter().flat_map(tight_bytes).collect();
        assert!(decoded(&path, name) == expected, "{format} decodes to something else");
    }
}

#[test]
#[ignore = "needs ffmpeg"]
fn traces_of_compressed_pictures_decode() {
    let folder = Folder::new("ffmpeg-trace-compressed");
    let size = Size::new(320, 240);
    let path = folder.0.join("a.mkv");
    for tables in [true, false] {
        let frames: Vec<_> =
            (0..8).map(|n| compressed(PixelFormat::MJPEG, size, &jpeg(size, n, tables), n, n as i64 * MS)).collect();
        trace(&path, &frames);
        check(&path, "mjpeg", 8);
        assert_eq!(decoded(&path, "yuvj420p").len(), 8 * 320 * 240 * 3 / 2);
    }
    for (name, fourcc, encoder) in [
        ("h264", b"H264", ["libx264", "aud=1:repeat-headers=1"]),
        ("hevc", b"HEVC", ["libx265", "log-level=none:aud=1"]),
    ] {
        let stream = folder.0.join("a.stream");
        let parameters = if name == "h264" { "-x264-params" } else { "-x265-params" };
        let source = ["-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=30", "-frames:v", "8"];
        let codec = ["-c:v", encoder[0], "-pix_fmt", "yuv420p", "-bf", "0", parameters, encoder[1], "-f", name, "FILE"];
        run("ffmpeg", &[&source[..], &codec[..]].concat(), &stream);
        let bytes = std::fs::read(&stream).unwrap();
        // A delimiter begins each picture.
        let delimiter: &[u8] = if name == "h264" { &[0, 0, 0, 1, 9] } else { &[0, 0, 0, 1, 0x46, 1] };
        let starts: Vec<_> = (0..bytes.len() - 6).filter(|at| bytes[*at..].starts_with(delimiter)).collect();
        let ends = starts[1..].iter().copied().chain([bytes.len()]);
        let pictures = starts.iter().zip(ends).zip(0..);
        let frames: Vec<_> = pictures
            .map(|((start, end), n)| compressed(v4l2(fourcc), size, &bytes[*start..end], n, n as i64 * MS))
            .collect();
        assert_eq!(frames.len(), 8, "{name}");
        trace(&path, &frames);
        check(&path, name, 8);
        assert!(decoded(&path, "yuv420p") == decoded(&stream, "yuv420p"), "{name}");
    }
}
