//! Menus, as the families use them: which items there are, and the numbers that they stand for.

use super::Knobs;
use crate::backend::control::{Control, Kind};
use crate::error::Result;

impl Knobs {
    /// The control with this id, if it can be set.
    pub(crate) fn settable(&self, id: u32) -> Result<Option<Control>> {
        Ok(self.find(id)?.filter(|control| !control.is(Control::READ_ONLY)))
    }

    /// The first of these items that the menu with this id has; `None` as well when it cannot be set.
    pub(crate) fn first_item(&self, id: u32, wanted: &[i64]) -> Result<Option<i64>> {
        let Some(control) = self.settable(id)?.filter(|control| control.kind.has_menu()) else { return Ok(None) };
        let items = self.menu(&control)?;
        Ok(wanted.iter().copied().find(|wanted| items.iter().any(|item| i64::from(item.index) == *wanted)))
    }

    /// Has the menu with this id this item, and can it be set?
    pub(crate) fn has_item(&self, id: u32, item: i64) -> Result<bool> {
        Ok(self.first_item(id, &[item])?.is_some())
    }

    /// The numbers of the menu with this id; `None` when it has none, or is no such menu.
    pub(crate) fn scale(&self, id: u32) -> Result<Option<Scale>> {
        let Some(control) = self.find(id)?.filter(|control| control.kind == Kind::IntegerMenu) else { return Ok(None) };
        let items = self.menu(&control)?;
        let mut marks: Vec<(i64, i64)> =
            items.iter().filter_map(|item| Some((item.number?, i64::from(item.index)))).collect();
        marks.sort_unstable();
        let settable = !control.is(Control::READ_ONLY);
        Ok((!marks.is_empty()).then_some(Scale { marks, settable }))
    }
}

/// The numbers of a menu, from the least to the greatest, with the items that stand for them.
pub(crate) struct Scale {
    marks: Vec<(i64, i64)>,
    pub settable: bool,
}

impl Scale {
    pub(crate) fn least(&self) -> i64 {
        self.marks.first().map_or(0, |(number, _)| *number)
    }

    pub(crate) fn greatest(&self) -> i64 {
        self.marks.last().map_or(0, |(number, _)| *number)
    }

    /// The smallest distance of two numbers; 0 when there is one only.
    pub(crate) fn step(&self) -> i64 {
        let distances = self.marks.windows(2).map(|pair| pair[1].0.saturating_sub(pair[0].0));
        distances.filter(|distance| *distance > 0).min().unwrap_or(0)
    }

    /// The item whose number is nearest; the lesser of two that are as near.
    pub(crate) fn nearest(&self, number: i64) -> i64 {
        let nearest = self.marks.iter().min_by_key(|(mark, _)| mark.abs_diff(number));
        nearest.map_or(0, |(_, item)| *item)
    }

    /// What an item stands for; `None` when the menu has no such item.
    pub(crate) fn number(&self, item: i64) -> Option<i64> {
        self.marks.iter().find(|(_, known)| *known == item).map(|(number, _)| *number)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::knobs::fake::Fake;

    #[test]
    fn a_menu_in_any_order_and_with_holes_is_a_scale() {
        use crate::backend::control::Kind;
        let fake = Fake::with_menus(
            &[(1, Kind::IntegerMenu, 0, 5, 1, 0), (2, Kind::Menu, 0, 5, 1, 0), (3, Kind::IntegerMenu, 0, 5, 1, 0)],
            &[(1, &[(0, Some(300)), (2, Some(-100)), (5, Some(0))]), (2, &[(1, None), (4, None)])],
        );
        let knobs = fake.knobs();
        let scale = knobs.scale(1).unwrap().unwrap();
        assert_eq!((scale.least(), scale.greatest(), scale.step()), (-100, 300, 100));
        let wanted = [i64::MIN, -51, -50, -49, 149, 151, i64::MAX];
        assert_eq!(wanted.map(|number| scale.nearest(number)), [2, 2, 2, 5, 5, 0, 0]);
        assert_eq!((scale.number(5), scale.number(1)), (Some(0), None));
        assert!(knobs.scale(2).unwrap().is_none() && knobs.scale(3).unwrap().is_none());
        assert_eq!(knobs.first_item(2, &[3, 4, 1]).unwrap(), Some(4));
        assert_eq!(knobs.first_item(9, &[3, 4, 1]).unwrap(), None);
        assert!(knobs.has_item(2, 1).unwrap() && !knobs.has_item(2, 0).unwrap());
    }
}
