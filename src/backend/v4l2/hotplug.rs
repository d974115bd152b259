//! Cameras that come and go, without a daemon.
//!
//! Two things tell: the kernel, which announces devices on a netlink socket, where that can be
//! had (not in every container), and inotify on /dev, for nodes that are made, removed, or given
//! another mode. Both are waited for by the manager's reactor, which only notes what was told; the
//! nodes are opened by whoever asks for the list. A timer on the reactor has nodes that are not
//! ready looked at again.

mod nodes;
#[cfg(all(test, not(loom)))]
mod tests;
mod uevent;

use super::enumerate::{Known, Roots, node_number};
use super::error::{Errno, describe};
use crate::backend::timer::Timer;
use crate::backend::{Changes, Present, Watch};
use crate::error::{Error, Result};
use crate::runtime::reactor::{Interest, Readiness, Registration, Source, Wait};
use crate::runtime::{Log, Reactor, log::Level};
use crate::sync::{Arc, Mutex, Weak};
use nodes::{Nodes, Told};
use rustix::fs::inotify;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// The group in which the kernel itself speaks; the other one is udev's.
const KERNEL: u32 = 1;

/// The longest message of the kernel (UEVENT_BUFFER_SIZE, and the header before it).
const LONGEST: usize = 4096;

/// Messages that are read in one go, so that a flood of them does not hold up the cameras.
const MOST: usize = 64;

/// The watch on this machine's cameras.
pub(super) struct Hotplug {
    // First, so that nothing is called any more while the rest goes.
    _registrations: Vec<Registration>,
    shared: Arc<Shared>,
    roots: Roots,
    seen: Arc<Mutex<Vec<Known>>>,
    log: Arc<Log>,
    /// Not locked while a device is opened: calls come one at a time.
    nodes: Mutex<Nodes>,
}

/// What the reactor and those who ask share.
struct Shared {
    told: Mutex<Told>,
    timer: Timer,
    changes: Weak<dyn Changes>,
}

impl Shared {
    /// Notes what was told, and has the list asked for.
    fn note(&self, note: impl FnOnce(&mut Told)) {
        note(&mut self.told.lock());
        if let Some(changes) = self.changes.upgrade() {
            changes.changed();
        }
    }
}

impl Hotplug {
    /// `seen` learns where each id was seen last. 7400201 when neither the kernel nor inotify tells.
    pub(super) fn new(
        roots: Roots,
        seen: Arc<Mutex<Vec<Known>>>,
        changes: Weak<dyn Changes>,
        reactor: &Arc<Reactor>,
        log: Arc<Log>,
    ) -> Result<Arc<Hotplug>> {
        let timer = Timer::new()?;
        let shared = Arc::new(Shared { told: Mutex::default(), timer, changes });
        let mut registrations =
            vec![reactor.add(shared.timer.fd(), Wait::Readable, Arc::new(Again(shared.clone())))?];
        let (kernel, folder) = (kernel_socket(), folder_watch(&roots));
        match (&kernel, &folder) {
            (Err(kernel), Err(folder)) => {
                return Err(Error::fatal(format!(
                    "nothing tells when cameras come and go: netlink: {}; inotify on {}: {}; raise \
                     fs.inotify.max_user_instances or close some files",
                    describe(*kernel),
                    roots.dev.display(),
                    describe(*folder)
                )));
            }
            (Err(errno), Ok(_)) => log.write(Level::Info, || {
                format!(
                    "the kernel's own messages about cameras cannot be had ({}): inotify alone tells",
                    describe(*errno)
                )
            }),
            (Ok(_), Err(errno)) => log.write(Level::Warning, || {
                format!(
                    "{} cannot be watched ({}): the kernel's messages alone tell",
                    roots.dev.display(),
                    describe(*errno)
                )
            }),
            _ => {}
        }
        if let Ok(fd) = kernel {
            let source = Arc::new(Kernel { fd, shared: shared.clone() });
            registrations.push(reactor.add(source.fd.as_fd(), Wait::Readable, source.clone())?);
        }
        if let Ok(fd) = folder {
            let source = Arc::new(Folder { fd, shared: shared.clone() });
            registrations.push(reactor.add(source.fd.as_fd(), Wait::Readable, source.clone())?);
        }
        Ok(Arc::new(Hotplug { _registrations: registrations, shared, roots, seen, log, nodes: Mutex::default() }))
    }

    fn set_timer(&self, wait: Option<Duration>) {
        if let Err(error) = self.shared.timer.arm_in(wait) {
            self.log.write(Level::Warning, || format!("looking for cameras again: {}", error.detail()));
        }
    }
}

impl Watch for Hotplug {
    fn cameras(&self) -> Result<Vec<Present>> {
        let told = std::mem::take(&mut *self.shared.told.lock());
        let mut nodes = std::mem::take(&mut *self.nodes.lock());
        let refreshed = nodes.refresh(&self.roots, &told, &self.log);
        let present = refreshed.map(|()| {
            *self.seen.lock() = nodes.known();
            nodes.present()
        });
        self.set_timer(nodes.wait());
        *self.nodes.lock() = nodes;
        present
    }

    fn doubt(&self, id: &str) {
        self.shared.told.lock().doubted.insert(id.to_owned());
    }
}

fn kernel_socket() -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket =
        rustix::net::socket_with(AddressFamily::NETLINK, SocketType::DGRAM, flags, Some(netlink::KOBJECT_UEVENT))?;
    rustix::net::bind(&socket, &SocketAddrNetlink::new(0, KERNEL))?;
    Ok(socket)
}

fn folder_watch(roots: &Roots) -> Result<OwnedFd, Errno> {
    use inotify::WatchFlags as Flag;
    let watch = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
    let names = Flag::CREATE | Flag::DELETE | Flag::MOVED_FROM | Flag::MOVED_TO;
    inotify::add_watch(&watch, &roots.dev, names | Flag::ATTRIB | Flag::ONLYDIR)?;
    Ok(watch)
}

/// Some nodes were not ready, and their time has come.
struct Again(Arc<Shared>);

impl Source for Again {
    fn ready(&self, _: Readiness) -> Interest {
        if self.0.timer.has_come() {
            self.0.note(|told| told.again = true);
        }
        Interest::Keep
    }
}

/// The kernel's messages.
struct Kernel {
    fd: OwnedFd,
    shared: Arc<Shared>,
}

impl Source for Kernel {
    fn ready(&self, _: Readiness) -> Interest {
        let (mut all, mut news) = (false, Vec::new());
        let mut interest = Interest::Keep;
        for _ in 0..MOST {
            let mut buffer = [0; LONGEST];
            match rustix::net::recvfrom(&self.fd, &mut buffer, RecvFlags::DONTWAIT | RecvFlags::TRUNC) {
                Ok((filled, length, sender)) => {
                    // Any process may send to the socket. Only the kernel has port 0.
                    let sender = sender.and_then(|sender| SocketAddrNetlink::try_from(sender).ok());
                    if sender.is_some_and(|sender| sender.pid() == 0) {
                        all |= length > LONGEST;
                        news.extend(uevent::video_node(&buffer[..filled]));
                    }
                }
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => {}
                // There were more than the socket holds.
                Err(Errno::NOBUFS) => all = true,
                Err(_) => {
                    // A socket that only fails would be ready for ever.
                    (all, interest) = (true, Interest::Remove);
                    break;
                }
            }
        }
        if all || !news.is_empty() {
            self.shared.note(|told| {
                told.all |= all;
                told.nodes.extend(news);
            });
        }
        interest
    }
}

/// What happens to the names in /dev.
struct Folder {
    fd: OwnedFd,
    shared: Arc<Shared>,
}

impl Source for Folder {
    fn ready(&self, _: Readiness) -> Interest {
        use inotify::ReadFlags as Flag;
        let (mut all, mut links, mut news) = (false, false, Vec::new());
        let mut interest = Interest::Keep;
        let mut buffer = [MaybeUninit::<u8>::uninit(); LONGEST];
        let mut reader = inotify::Reader::new(&self.fd, &mut buffer);
        loop {
            match reader.next() {
                Ok(event) if event.events().contains(Flag::QUEUE_OVERFLOW) => all = true,
                // The folder itself is gone, and with it the watch.
                Ok(event) if event.events().contains(Flag::IGNORED) => all = true,
                Ok(event) => match event.file_name().and_then(|name| name.to_str().ok()) {
                    // udev's links are in this folder, which comes with the first of them.
                    Some("v4l") => links = true,
                    name => news.extend(name.and_then(node_number)),
                },
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => continue,
                Err(_) => {
                    (all, interest) = (true, Interest::Remove);
                    break;
                }
            }
            // One buffer at a time: what is left makes the descriptor ready again.
            if reader.is_buffer_empty() {
                break;
            }
        }
        if all || links || !news.is_empty() {
            self.shared.note(|told| {
                told.all |= all;
                told.nodes.extend(news);
            });
        }
        interest
    }
}
