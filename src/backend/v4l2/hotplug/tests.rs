//! A /dev and a /sys in a temporary folder, in which a file's text says what opening it does.

use super::nodes::{Nodes, Told};
use super::*;
use crate::backend::v4l2::device::Node;
use crate::backend::v4l2::enumerate::missing;
use crate::error::Code;
use crate::runtime::{Dispatcher, Mode};
use crate::sync::atomic::{AtomicUsize, Ordering};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// `camera BUS_INFO`, `none`, or the name of an errno.
fn open(path: &Path) -> Result<Option<Node>, Errno> {
    let text = fs::read_to_string(path).map_err(|error| Errno::from_io_error(&error).unwrap())?;
    match text.split_once(' ').unwrap_or((&text, "")) {
        ("camera", bus_info) => Ok(Some(Node::fake(File::open("/dev/null").unwrap().into(), path, bus_info))),
        ("none", _) => Ok(None),
        ("busy", _) => Err(Errno::BUSY),
        ("denied", _) => Err(Errno::ACCESS),
        ("broken", _) => Err(Errno::IO),
        _ => Err(Errno::NODEV),
    }
}

struct World {
    root: PathBuf,
    roots: Roots,
    log: Arc<Log>,
    nodes: Nodes,
}

impl World {
    fn new(name: &str) -> World {
        let root = std::env::temp_dir().join(format!("camera-hotplug-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        let roots = Roots { dev: root.join("dev"), sys: root.join("sys"), open };
        fs::create_dir_all(&roots.dev).unwrap();
        World { root, roots, log: Log::new(Dispatcher::new(Mode::Caller).unwrap()), nodes: Nodes::default() }
    }

    /// Changes what a node is, or makes it.
    fn put(&self, node: u32, what: &str) {
        fs::write(self.roots.path(node), what).unwrap();
    }

    /// Another device takes the node: other than in devtmpfs, a file may get its number again.
    fn replace(&self, node: u32, what: &str) {
        let next = self.roots.dev.join("next");
        fs::write(&next, what).unwrap();
        fs::rename(next, self.roots.path(node)).unwrap();
    }

    fn remove(&self, node: u32) {
        fs::remove_file(self.roots.path(node)).unwrap();
    }

    /// /sys knows a USB camera with a serial number.
    fn usb(&self, node: u32, serial: &str) {
        let class = self.roots.sys.join(format!("class/video4linux/video{node}"));
        let usb = self.roots.sys.join(format!("devices/0000:00:14.0/usb1/1-{node}"));
        fs::create_dir_all(&class).unwrap();
        fs::create_dir_all(usb.join("1:1.0")).unwrap();
        for (name, text) in [("idVendor", "1"), ("idProduct", "2"), ("serial", serial), ("devpath", &node.to_string())]
        {
            fs::write(usb.join(name), text).unwrap();
        }
        fs::write(class.join("name"), "From sysfs").unwrap();
        fs::write(class.join("index"), "0").unwrap();
        let _ = std::os::unix::fs::symlink(usb.join("1:1.0"), class.join("device"));
    }

    /// /sys knows a camera of another bus.
    fn platform(&self, node: u32) {
        let class = self.roots.sys.join(format!("class/video4linux/video{node}"));
        fs::create_dir_all(&class).unwrap();
        fs::write(class.join("name"), "From sysfs").unwrap();
        fs::write(class.join("index"), "0").unwrap();
    }

    fn link(&self, node: u32, name: &str) {
        let folder = self.roots.dev.join("v4l/by-id");
        fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink(format!("../../video{node}"), folder.join(name)).unwrap();
    }

    /// The ids that are listed after this was told.
    fn ids(&mut self, told: Told) -> Vec<String> {
        self.nodes.refresh(&self.roots, &told, &self.log).unwrap();
        self.nodes.present().into_iter().map(|present| present.info.id).collect()
    }

    /// How often it is looked again until `what` holds, at the times that are asked for.
    fn looks_until(&mut self, what: impl Fn(&[String]) -> bool) -> (usize, Duration) {
        let (mut looks, mut time) = (0, Duration::ZERO);
        loop {
            let Some(wait) = self.nodes.wait() else { return (usize::MAX, time) };
            (looks, time) = (looks + 1, time + wait);
            if what(&self.ids(again())) {
                return (looks, time);
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn nothing() -> Told {
    Told::default()
}

fn again() -> Told {
    Told { again: true, ..Told::default() }
}

fn news(node: u32) -> Told {
    Told { nodes: [node].into(), ..Told::default() }
}

#[test]
fn what_is_there_at_first_is_listed_at_once() {
    let mut world = World::new("first");
    world.put(0, "camera bus-0");
    world.put(1, "none");
    world.put(2, "gone");
    world.usb(3, "S");
    world.put(3, "busy");
    assert_eq!(world.ids(nothing()), ["v4l2:bus-0-video-index0", "v4l2:usb-1_2_S-video-index0"]);
    assert!(world.nodes.wait().is_some(), "two of them are not ready");
}

#[test]
fn cameras_come_and_go_and_are_opened_only_when_there_is_news() {
    let mut world = World::new("come");
    assert!(world.ids(nothing()).is_empty());
    world.put(4, "camera one");
    assert_eq!(world.ids(news(4)), ["v4l2:one-video-index0"]);
    assert_eq!(world.nodes.wait(), None);
    // Without news it is not looked at: this would be another camera.
    world.put(4, "camera other");
    assert_eq!(world.ids(nothing()), ["v4l2:one-video-index0"]);
    assert_eq!(world.ids(Told { all: true, ..nothing() }), ["v4l2:other-video-index0"]);
    let before = world.nodes.present()[0].plugged;
    world.replace(4, "camera other");
    assert_eq!(world.ids(nothing()), ["v4l2:other-video-index0"]);
    assert_ne!(world.nodes.present()[0].plugged, before, "plugged in anew");
    world.remove(4);
    assert!(world.ids(nothing()).is_empty());
}

#[test]
fn a_node_that_is_not_ready_is_kept_back_and_then_listed_as_what_it_is() {
    for (name, first) in [("new", "gone"), ("denied", "denied"), ("busy", "busy")] {
        let mut world = World::new(name);
        world.ids(nothing());
        world.platform(0);
        world.put(0, first);
        assert!(world.ids(news(0)).is_empty(), "{first}");
        assert!(world.ids(again()).is_empty(), "{first}");
        world.put(0, "camera bus-0");
        let told = if first == "denied" { news(0) } else { again() };
        assert_eq!(world.ids(told), ["v4l2:bus-0-video-index0"], "{first}");
        assert_eq!(world.nodes.wait(), None, "{first}");
    }
}

#[test]
fn a_node_that_stays_refused_is_listed_in_time_and_looked_at_a_bounded_number_of_times() {
    for first in ["busy", "denied", "broken"] {
        let mut world = World::new(&format!("stays-{first}"));
        world.ids(nothing());
        world.platform(0);
        world.put(0, first);
        assert!(world.ids(news(0)).is_empty());
        // News of it, however often, does not keep it back longer.
        let (looks, time) = world.looks_until(|ids| ids.len() == 1);
        assert!(looks <= 5 && time <= Duration::from_millis(200), "{first}: {looks} looks in {time:?}");
        let (looks, time) = world.looks_until(|_| false);
        assert_eq!(looks, usize::MAX, "{first}: at last it is left alone");
        assert!(time < Duration::from_secs(10), "{first}: {time:?}");
        assert_eq!(world.ids(nothing()).len(), 1, "{first}: and stays listed");
        // A change of its mode is told, whenever that is.
        world.put(0, "camera bus-0");
        assert_eq!(world.ids(news(0)), ["v4l2:bus-0-video-index0"]);
    }
}

#[test]
fn news_of_a_node_that_is_not_ready_keeps_it_back_no_longer() {
    let mut world = World::new("flood");
    world.ids(nothing());
    world.platform(0);
    world.put(0, "denied");
    let mut looks = 0;
    while world.ids(Told { again: true, ..news(0) }).is_empty() {
        for _ in 0..10 {
            assert!(world.ids(news(0)).is_empty());
        }
        looks += 1;
        assert!(looks < 10);
    }
}

#[test]
fn a_camera_waits_for_its_name_and_not_for_ever() {
    let mut world = World::new("name");
    world.ids(nothing());
    world.usb(0, "S1");
    world.put(0, "camera usb-0000:00:14.0-0");
    assert!(world.ids(news(0)).is_empty(), "the node is there before its link");
    world.link(0, "usb-Maker_S1-video-index0");
    assert_eq!(world.ids(nothing()), ["v4l2:usb-Maker_S1-video-index0"]);
    assert_eq!(world.nodes.wait(), None);
    // Without udev no link comes.
    world.usb(1, "S2");
    world.put(1, "camera usb-0000:00:14.0-1");
    assert_eq!(world.ids(news(1)).len(), 1);
    let (_, time) = world.looks_until(|ids| ids.len() == 2);
    assert!(time <= Duration::from_millis(200), "{time:?}");
    let id = "v4l2:usb-1_2_S2-video-index0";
    assert_eq!(world.ids(nothing())[1], id, "it has the name that udev would give it");
    // udev is late, and does; or it has other rules.
    let before = world.nodes.present()[1].plugged;
    world.link(1, "usb-1_2_S2-video-index0");
    assert_eq!(world.ids(nothing())[1], id);
    assert_eq!((world.nodes.present()[1].plugged, world.nodes.wait()), (before, None));
    fs::remove_dir_all(world.roots.dev.join("v4l")).unwrap();
    world.link(1, "usb-other-video-index0");
    assert_eq!(world.ids(nothing())[1], "v4l2:usb-other-video-index0");
}

#[test]
fn a_camera_that_its_stream_found_gone_is_listed_again_only_when_it_stays() {
    let mut world = World::new("doubt");
    world.put(0, "camera one");
    world.put(1, "camera two");
    let id = "v4l2:one-video-index0";
    assert_eq!(world.ids(nothing()).len(), 2);
    let doubt = || Told { doubted: [id.to_owned()].into(), ..nothing() };
    // The node goes a moment later: it was not listed in between.
    assert_eq!(world.ids(doubt()), ["v4l2:two-video-index0"]);
    assert_eq!(world.ids(again()), ["v4l2:two-video-index0"]);
    world.remove(0);
    assert_eq!(world.ids(again()), ["v4l2:two-video-index0"]);
    assert_eq!(world.nodes.wait(), None);
    // The node stays and works: the driver had a bad moment.
    world.put(0, "camera one");
    assert_eq!(world.ids(nothing()).len(), 2);
    assert_eq!(world.ids(doubt()).len(), 1);
    let (_, time) = world.looks_until(|ids| ids.len() == 2);
    assert!(time <= Duration::from_millis(200), "{time:?}");
    assert_eq!(world.nodes.wait(), None);
    // The node stays and answers ENODEV, until the last one who has it open lets go.
    let before = world.nodes.present()[0].plugged;
    world.put(0, "gone");
    assert_eq!(world.ids(doubt()).len(), 1);
    assert_eq!(world.looks_until(|ids| ids.len() == 2).0, usize::MAX);
    world.put(0, "camera one");
    assert_eq!(world.ids(nothing()).len(), 1, "nothing is polled");
    let mut ids = world.ids(doubt());
    if ids.len() == 1 {
        world.looks_until(|ids| ids.len() == 2);
        ids = world.ids(nothing());
    }
    assert_eq!(ids[0], id);
    assert_ne!(world.nodes.present()[0].plugged, before);
}

#[test]
fn a_camera_that_is_refused_later_stays_what_it_was() {
    let mut world = World::new("later");
    world.platform(0);
    world.put(0, "camera bus-0");
    assert_eq!(world.ids(nothing()), ["v4l2:bus-0-video-index0"]);
    world.put(0, "busy");
    assert_eq!(world.ids(news(0)), ["v4l2:bus-0-video-index0"]);
    assert_eq!(world.nodes.present()[0].info.name, "Fake camera");
}

/// Drivers of which only one process may have the node open.
#[test]
fn a_node_that_another_process_has_is_a_conflict_and_not_missing() {
    let mut world = World::new("conflict");
    world.platform(0);
    world.put(0, "camera bus-0");
    let before = world.roots.scan(&[], &world.log).unwrap();
    world.put(0, "busy");
    let node = File::open(world.roots.path(0)).unwrap();
    let mut holder = Command::new("sleep").arg("60").stdin(node).spawn().unwrap();
    // Known from before it was taken.
    let error = world.roots.reopen(&before[0]).expect("it is still there").err().unwrap();
    let (id, _) = (holder.id(), holder.kill());
    holder.wait().unwrap();
    assert_eq!(error.code(), Code::ConflictCamera);
    assert!(error.detail().contains(&format!("(process {id})")), "{error}");
    let after = world.roots.scan(&before, &world.log).unwrap();
    assert_eq!((&after[0].info.id, &after[0].info.name), (&before[0].info.id, &before[0].info.name));
    // Never seen before: its place is a guess, so it may be the one that is asked for.
    let unknown = world.roots.scan(&[], &world.log).unwrap();
    let error = missing("v4l2:bus-0-video-index0", &unknown);
    assert_eq!(error.code(), Code::ConflictCamera);
    assert!(error.detail().contains("EBUSY (16)") && error.detail().contains("fuser"), "{error}");
    // Another camera in its place is not taken for it.
    world.usb(0, "S");
    world.put(0, "busy");
    assert!(world.roots.reopen(&before[0]).is_none());
    assert!(world.ids(nothing())[0].starts_with("v4l2:usb-"));
}

#[test]
fn a_folder_that_cannot_be_listed_changes_nothing_and_is_tried_again() {
    let mut world = World::new("folder");
    world.put(0, "camera one");
    assert_eq!(world.ids(nothing()).len(), 1);
    let file = world.roots.path(0);
    let dev = std::mem::replace(&mut world.roots.dev, file);
    world.nodes.refresh(&world.roots, &nothing(), &world.log).unwrap_err();
    assert!(world.nodes.wait().is_some());
    world.roots.dev = dev;
    // What was told meanwhile may have been lost: everything is looked at.
    world.put(0, "camera two");
    assert_eq!(world.ids(nothing()), ["v4l2:two-video-index0"]);
    assert_eq!(world.nodes.wait(), None);
}

#[derive(Default)]
struct Count(AtomicUsize);
impl Changes for Count {
    fn changed(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn the_watch_tells_of_nodes_and_of_nothing_else() {
    let world = World::new("watch");
    let reactor = Reactor::new(world.log.clone()).unwrap();
    let count = Arc::new(Count::default());
    let weak = Arc::downgrade(&count);
    let seen = Arc::<Mutex<Vec<Known>>>::default();
    let watch = Hotplug::new(world.roots.clone(), seen.clone(), weak, &reactor, world.log.clone()).unwrap();
    let ids = || -> Vec<String> { watch.cameras().unwrap().into_iter().map(|present| present.info.id).collect() };
    assert!(ids().is_empty());
    world.put(0, "camera one");
    wait_for("the node is told of", || count.0.load(Ordering::SeqCst) > 0);
    wait_for("the camera is listed", || ids() == ["v4l2:one-video-index0"]);
    assert_eq!(seen.lock().len(), 1);
    // A camera that is not ready is looked at again by the timer, without anything being told.
    world.platform(1);
    world.put(1, "gone");
    wait_for("it is seen", || {
        ids();
        watch.nodes.lock().wait().is_some()
    });
    world.put(1, "camera two");
    let before = count.0.load(Ordering::SeqCst);
    wait_for("the timer", || count.0.load(Ordering::SeqCst) > before);
    wait_for("it is listed, too", || ids().len() == 2);
    // Let the last news arrive, then names that are no nodes.
    wait_for("quiet", || {
        let before = count.0.load(Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(50));
        count.0.load(Ordering::SeqCst) == before
    });
    let before = count.0.load(Ordering::SeqCst);
    for name in ["tty9", "video", "video01", "videox", "vbi0"] {
        fs::write(world.roots.dev.join(name), "camera three").unwrap();
    }
    world.remove(0);
    wait_for("the removal is told of", || count.0.load(Ordering::SeqCst) > before);
    assert_eq!(count.0.load(Ordering::SeqCst), before + 1, "and only that");
    assert_eq!(ids(), ["v4l2:two-video-index0"]);
    drop(watch);
    let before = count.0.load(Ordering::SeqCst);
    world.remove(1);
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(count.0.load(Ordering::SeqCst), before, "nothing is told after the end");
    reactor.shut_down();
}

/// Anyone may send to the socket: what does not come from the kernel is not believed.
#[test]
fn messages_of_other_processes_are_not_believed() {
    let Ok(socket) = kernel_socket() else { return eprintln!("no netlink here: nothing to be misled by") };
    let world = World::new("forged");
    let count = Arc::new(Count::default());
    let timer = Timer::new().unwrap();
    let shared =
        Arc::new(Shared { told: Mutex::default(), timer, changes: Arc::downgrade(&count) as Weak<dyn Changes> });
    let own = rustix::net::getsockname(&socket).unwrap();
    let kernel = Kernel { fd: socket, shared: shared.clone() };
    let sender = kernel_socket().unwrap();
    let message = b"add@/devices/x\0ACTION=add\0SUBSYSTEM=video4linux\0DEVNAME=video0\0";
    assert!(uevent::video_node(message).is_some());
    let sent = rustix::net::sendto(&sender, message, rustix::net::SendFlags::empty(), &own);
    let ready = Readiness { readable: true, priority: false, failed: false };
    assert_eq!(kernel.ready(ready), Interest::Keep);
    assert!(shared.told.lock().nodes.is_empty() && count.0.load(Ordering::SeqCst) == 0, "{sent:?}");
    drop(world);
}
