//! A line chart as SVG, drawn on the server: no script, no style of its own, and every figure in
//! it stands in a table beside it.

use askama::Template;

/// A chart of one figure, from one scan to the next.
#[derive(Template)]
#[template(path = "part/chart.html")]
pub struct Chart {
    /// Names the parts of the drawing for those who have it read to them.
    pub id: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// The same in a sentence, with the figures that matter.
    pub description: String,
    /// The points, from left to right.
    points: Vec<Dot>,
    /// The line through them.
    line: String,
    /// The area below the line.
    area: String,
    /// The rules across, with the figure that each stands for.
    rules: Vec<(f64, String)>,
    /// What stands at the left end and at the right end.
    ends: (String, String),
}

struct Dot {
    x: f64,
    y: f64,
    label: String,
}

/// A figure to draw.
pub struct Point {
    /// The figure.
    pub value: f64,
    /// What the point says when asked.
    pub label: String,
    /// When, for the ends of the chart.
    pub day: String,
}

const LEFT: f64 = 40.0;
const RIGHT: f64 = 588.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 150.0;

impl Chart {
    /// Draws `points` between 0 and `most`, or the greatest of them where there is no most.
    pub fn new(id: &'static str, title: &'static str, most: Option<f64>, points: &[Point]) -> Self {
        let top =
            most.unwrap_or_else(|| round_up(points.iter().map(|p| p.value).fold(0.0, f64::max)));
        let step = (RIGHT - LEFT) / points.len().saturating_sub(1).max(1) as f64;
        let height = |value: f64| tenth(BOTTOM - (BOTTOM - TOP) * (value / top).clamp(0.0, 1.0));
        let alone = points.len() == 1;
        let dots: Vec<Dot> = points
            .iter()
            .enumerate()
            .map(|(i, point)| Dot {
                x: tenth(if alone {
                    (LEFT + RIGHT) / 2.0
                } else {
                    LEFT + step * i as f64
                }),
                y: height(point.value),
                label: point.label.clone(),
            })
            .collect();
        let line: Vec<String> = dots
            .iter()
            .map(|dot| format!("{},{}", dot.x, dot.y))
            .collect();
        let area = match (dots.first(), dots.last()) {
            (Some(first), Some(last)) => {
                format!(
                    "{},{BOTTOM} {} {},{BOTTOM}",
                    first.x,
                    line.join(" "),
                    last.x
                )
            }
            _ => String::new(),
        };
        let day = |point: Option<&Point>| point.map(|p| p.day.clone()).unwrap_or_default();
        Self {
            id,
            title,
            description: describe(points),
            line: line.join(" "),
            area,
            rules: [0.0, 0.5, 1.0]
                .map(|share| (height(share * top), short(share * top)))
                .into(),
            ends: (
                day(points.first()),
                if alone {
                    String::new()
                } else {
                    day(points.last())
                },
            ),
            points: dots,
        }
    }
}

/// The chart in a sentence.
fn describe(points: &[Point]) -> String {
    let values = || points.iter().map(|point| point.value);
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return "No scans.".to_owned();
    };
    let least = values().fold(f64::INFINITY, f64::min);
    let most = values().fold(f64::NEG_INFINITY, f64::max);
    format!(
        "From {} on {} to {} on {}; the least is {}, the most {}. Scans: {}.",
        short(first.value),
        first.day,
        short(last.value),
        last.day,
        short(least),
        short(most),
        points.len()
    )
}

/// The next figure that is even and easy to read: 2, 4, 10, 20, 40, 100.
fn round_up(value: f64) -> f64 {
    let mut top = 2.0;
    for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(60) {
        if top >= value {
            break;
        }
        top *= factor;
    }
    top
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[f64], most: Option<f64>) -> Chart {
        let point = |(i, value): (usize, &f64)| Point {
            value: *value,
            label: format!("<scan {i}>"),
            day: format!("{} Nov 2026", i + 1),
        };
        let points: Vec<Point> = values.iter().enumerate().map(point).collect();
        Chart::new("security", "Security score", most, &points)
    }

    #[test]
    fn a_better_score_is_drawn_higher() {
        let drawn = chart(&[50.0, 100.0, 0.0], Some(100.0));
        assert_eq!(drawn.line, "40,81 314,12 588,150");
    }

    #[test]
    fn one_scan_is_a_point_and_none_is_no_line() {
        assert_eq!(chart(&[70.0], Some(100.0)).line, "314,53.4");
        assert_eq!(chart(&[], Some(100.0)).line, "");
        assert_eq!(chart(&[], None).description, "No scans.");
    }

    #[test]
    fn the_scale_of_counts_fits_the_greatest() {
        let tops: Vec<f64> = [0.0, 2.0, 3.0, 7.0, 12.0, 41.0, 300.0].map(round_up).into();
        assert_eq!(tops, [2.0, 2.0, 4.0, 10.0, 20.0, 100.0, 400.0]);
        assert!(round_up(f64::INFINITY).is_finite());
    }

    #[test]
    fn it_can_be_read_to_a_person_and_carries_no_markup_of_a_name() {
        let html = chart(&[80.0, 85.0], Some(100.0)).render().unwrap();
        assert!(html.contains("role=\"img\""));
        assert!(html.contains("From 80 on 1 Nov 2026 to 85 on 2 Nov 2026"));
        assert!(html.contains("&#60;scan 0&#62;"));
        assert!(!html.contains("style"));
    }
}
