//! What metadata outputs get: frames go to the application's detector, and what it finds comes back
//! as the output's event.

use super::feed::Feed;
use super::plan::{Plan, Want, Way};
use crate::detector::{Area, Detector, Object};
use crate::error::Result;
use crate::output::events::OutputEvent;
use crate::output::{Kind, Output};
use crate::runtime::Runtime;
use crate::surface::{self, Delivery, Policy, Surface};
use crate::sync::{Arc, Weak};

/// One frame waits while another is looked at: an older one is of no use.
const OPTIONS: surface::Options = surface::Options { capacity: 1, policy: Policy::DropOldest, max_held: 8 };

/// The part of the native picture that an output shows.
fn part(plan: &Plan, way: &Way) -> Area {
    let Way::Make { crop: Some(crop), .. } = way else { return Area::WHOLE };
    let (width, height) = (f64::from(plan.size.width), f64::from(plan.size.height));
    Area {
        x: f64::from(crop.x) / width,
        y: f64::from(crop.y) / height,
        width: f64::from(crop.size.width) / width,
        height: f64::from(crop.size.height) / height,
    }
}

/// Where areas come from and where they are shown: in the first preview, or the whole picture.
pub(super) struct View {
    from: Area,
    to: Area,
    /// The preview shows left and right changed.
    mirror: bool,
}

impl View {
    pub(super) fn new(plan: &Plan, wants: &[Want], way: &Way) -> View {
        let preview = wants.iter().zip(&plan.ways).find(|(want, _)| want.kind == Kind::Preview);
        View {
            from: part(plan, way),
            to: preview.map_or(Area::WHOLE, |(_, way)| part(plan, way)),
            mirror: preview.is_some_and(|(want, _)| want.mirror),
        }
    }

    fn shown(&self, area: Area) -> Option<Area> {
        let area = area.carried(self.from, self.to)?;
        Some(if self.mirror { Area { x: 1.0 - area.x - area.width, ..area } } else { area })
    }
}

/// Makes the surface whose frames the detector looks at, for this feed.
pub(super) fn surface(
    runtime: &Arc<Runtime>,
    detector: Arc<Detector>,
    output: Arc<Output>,
    feed: Weak<Feed>,
    view: View,
) -> Result<Arc<Surface>> {
    let surface = Surface::new(runtime.clone(), OPTIONS);
    let look = move |frame: Delivery| {
        let Some((feed, run)) = feed.upgrade().and_then(|feed| feed.run().map(|run| (feed, run))) else { return };
        let found = detector.detect(frame);
        let types = output.object_types();
        let shown = found.into_iter().filter(|object| types.contains(&object.kind)).filter_map(|object| {
            let area = view.shown(object.area)?;
            Some(Object { area, ..object })
        });
        let shown: Vec<Object> = shown.collect();
        if !shown.is_empty() {
            feed.tell(run, OutputEvent::Objects(shown));
        }
    };
    surface.set_consumer(Some(Box::new(look))).map_err(|(error, _)| error)?;
    Ok(surface)
}
