//! What kind of camera a script describes, and what happens in front of it: nothing of this is a failure,
//! but a control that is stuck.

use super::{Place, Stretch, frames_of, number, once, place_of};
use crate::backend::Position;
use crate::backend::virtual_camera::controls::catalog::{Offer, id_of};
use crate::backend::virtual_camera::controls::scene::{Scene, of_light};
use crate::format::FrameRate;

/// Frames until automatics have settled, unless said otherwise.
const SETTLE: u32 = 10;

/// A kind of camera. The default: one with every control, which sees the same for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::backend::virtual_camera) struct Kind {
    pub(in crate::backend::virtual_camera) offer: Offer,
    pub(in crate::backend::virtual_camera) position: Position,
    /// Clockwise degrees.
    pub(in crate::backend::virtual_camera) orientation: u32,
    pub(in crate::backend::virtual_camera) settle: Option<u32>,
    /// Controls that cannot be set.
    pub(in crate::backend::virtual_camera) stuck: Vec<u32>,
    /// Thousandths of an EV.
    light: Vec<(Place, i64)>,
    subject: Vec<(Place, i64)>,
    covered: Vec<Stretch<Place>>,
}

impl Default for Kind {
    fn default() -> Kind {
        Kind {
            offer: Offer::All,
            position: Position::Unspecified,
            orientation: 0,
            settle: None,
            stuck: Vec::new(),
            light: Vec::new(),
            subject: Vec::new(),
            covered: Vec::new(),
        }
    }
}

impl Kind {
    /// Reads an item; `None` when it is of something else.
    pub(super) fn add(&mut self, name: &str, place: Option<&str>, value: Option<&str>) -> Option<Result<(), String>> {
        let alone = place.is_none() && value.is_none();
        Some(match name {
            "basic" | "plain" | "front" | "back" if !alone => Err(format!("{name} has neither place nor value")),
            "basic" => self.offers(Offer::Basic),
            "plain" => self.offers(Offer::None),
            "front" => self.looks(Position::Front),
            "back" => self.looks(Position::Back),
            "turned" | "settle" | "stuck" if place.is_some() => Err(format!("{name} has no place")),
            "turned" => self.turned(value),
            "settle" => self.settles(value),
            "stuck" => self.sticks(value),
            "light" => {
                seen(&mut self.light, name, place, value.and_then(|value| value.strip_suffix('%')), "25%", |text| {
                    number(text, 1..=6400).map(of_light)
                })
            }
            "subject" => {
                seen(&mut self.subject, name, place, value, "200", |text| number(text, 0..=1000).map(|at| at as i64))
            }
            "cover" if value.is_some() || place.is_none() => Err("when is missing: cover@1s-2s, cover@60f-".into()),
            "cover" => frames_of(name, place, None, 0).map(|frames| self.covered.push(frames)),
            _ => return None,
        })
    }

    fn offers(&mut self, offer: Offer) -> Result<(), String> {
        if self.offer != Offer::All {
            return Err("this can be said once only".into());
        }
        self.offer = offer;
        Ok(())
    }

    fn looks(&mut self, position: Position) -> Result<(), String> {
        if self.position != Position::Unspecified {
            return Err("this can be said once only".into());
        }
        self.position = position;
        Ok(())
    }

    fn turned(&mut self, value: Option<&str>) -> Result<(), String> {
        let degrees = [0, 90, 180, 270].into_iter().find(|degrees| value == Some(degrees.to_string().as_str()));
        self.orientation = degrees.ok_or("how far is missing: turned=90, turned=180 or turned=270")?;
        Ok(())
    }

    fn settles(&mut self, value: Option<&str>) -> Result<(), String> {
        let frames = value.map_or(Ok(u64::from(SETTLE)), |value| number(value, 1..=1000))?;
        once(&mut self.settle, frames as u32)
    }

    fn sticks(&mut self, value: Option<&str>) -> Result<(), String> {
        let name = value.ok_or("which control is missing: stuck=zoom_absolute, named as by v4l2-ctl")?;
        self.stuck.push(id_of(name).ok_or_else(|| {
            format!("no virtual camera has a control \"{name}\": names are those of v4l2-ctl, as zoom_absolute")
        })?);
        Ok(())
    }

    /// What is seen in a run at this rate.
    pub(super) fn show(&self, rate: FrameRate) -> Show {
        let by_frame = |values: &[(Place, i64)]| {
            let mut values: Vec<_> = values.iter().map(|(place, value)| (place.frame(rate), *value)).collect();
            // Of two at one frame the later of the script counts.
            values.sort_by_key(|(frame, _)| *frame);
            values
        };
        let covered = |some: &Stretch<Place>| (some.from.frame(rate), some.until.map(|until| until.frame(rate)));
        Show {
            light: by_frame(&self.light),
            subject: by_frame(&self.subject),
            covered: self.covered.iter().map(covered).collect(),
        }
    }
}

/// Reads a value that holds from a place on.
fn seen(
    values: &mut Vec<(Place, i64)>,
    name: &str,
    place: Option<&str>,
    value: Option<&str>,
    example: &str,
    read: impl Fn(&str) -> Result<i64, String>,
) -> Result<(), String> {
    let (Some(place), Some(value)) = (place, value) else {
        return Err(format!("when and what it becomes is needed: {name}@2s={example}"));
    };
    values.push((place_of(place)?, read(value)?));
    Ok(())
}

/// What is seen in one run, by frames.
#[derive(Debug)]
pub(super) struct Show {
    light: Vec<(u64, i64)>,
    subject: Vec<(u64, i64)>,
    covered: Vec<(u64, Option<u64>)>,
}

impl Show {
    pub(super) fn scene(&self, frame: u64) -> Scene {
        let usual = Scene::default();
        let at = |values: &[(u64, i64)], usual| {
            values.iter().rev().find(|(from, _)| frame >= *from).map_or(usual, |(_, value)| *value)
        };
        let covers = |(from, until): &(u64, Option<u64>)| frame >= *from && until.is_none_or(|until| frame < until);
        Scene {
            light: at(&self.light, usual.light),
            subject: at(&self.subject, usual.subject),
            covered: self.covered.iter().any(covers),
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::Script;
    use super::*;

    #[test]
    fn what_is_seen_is_read() {
        let script =
            "basic+front+turned=270+settle=5+stuck=gain+light@1s=25%+light@40f=200%+subject@2s=300+cover@3f-5f";
        let script = Script::parse(script).unwrap();
        let kind = &script.kind;
        assert_eq!((kind.offer, kind.position, kind.orientation), (Offer::Basic, Position::Front, 270));
        assert_eq!((kind.settle, kind.stuck.as_slice()), (Some(5), &[crate::backend::control::ids::GAIN][..]));
        let run = script.run(FrameRate::per_second(30), 0);
        let light = [29, 30, 39, 40].map(|frame| run.scene(frame).light);
        assert_eq!(light, [0, -2000, -2000, 1000]);
        assert_eq!([59, 60].map(|frame| run.scene(frame).subject), [Scene::default().subject, 300]);
        assert_eq!([2, 3, 4, 5].map(|frame| run.scene(frame).covered), [false, true, true, false]);
        assert_eq!(Script::parse("settle").unwrap().kind.settle, Some(10));
        assert_eq!(Script::parse("drop=10").unwrap().kind, Kind::default());
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, why) in [
            ("plain=3", "neither place nor value"),
            ("plain+basic", "once"),
            ("front+back", "once"),
            ("turned", "how far"),
            ("turned=45", "how far"),
            ("settle@2s", "has no place"),
            ("settle=0", "no whole number"),
            ("settle+settle", "once"),
            ("light=25%", "light@2s=25%"),
            ("light@2s=25", "light@2s=25%"),
            ("light@2s=0%", "no whole number"),
            ("subject@2s", "subject@2s=200"),
            ("cover", "when is missing"),
            ("cover@1s=3", "when is missing"),
            ("stuck", "which control"),
            ("stuck=iris", "no virtual camera has"),
        ] {
            let misread = Script::parse(text).unwrap_err();
            assert!(misread.why.contains(why), "{text}: {misread:?}");
        }
    }
}
