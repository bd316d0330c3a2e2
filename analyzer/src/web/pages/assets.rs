//! The style sheets, the script and the icon, compiled in. Their names hold a hash of their
//! content, so a browser may keep them for ever and a new version is a new name.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// A file of `static/`.
pub struct Asset {
    /// Its name there.
    pub name: &'static str,
    /// What it is.
    pub content_type: &'static str,
    /// What it holds.
    pub content: &'static [u8],
}

macro_rules! asset {
    ($name:literal, $content_type:literal) => {
        Asset {
            name: $name,
            content_type: $content_type,
            content: include_bytes!(concat!("../../../static/", $name)),
        }
    };
}

/// All of them, by name.
pub const ALL: &[Asset] = &[
    asset!("code.css", "text/css; charset=utf-8"),
    asset!("icon.svg", "image/svg+xml"),
    asset!("page.css", "text/css; charset=utf-8"),
    asset!("parts.css", "text/css; charset=utf-8"),
    asset!("results.css", "text/css; charset=utf-8"),
    asset!("script.js", "text/javascript; charset=utf-8"),
];

/// Where each of [`ALL`] is served.
static ADDRESSES: LazyLock<Vec<String>> = LazyLock::new(|| {
    ALL.iter()
        .map(|asset| {
            let hash = hex::encode(Sha256::digest(asset.content));
            let (stem, ending) = asset.name.split_once('.').unwrap_or((asset.name, ""));
            format!("/static/{stem}.{}.{ending}", &hash[..12])
        })
        .collect()
});

/// The address of the asset `name`. A test asks for each name that a template asks for.
pub fn address(name: &str) -> &'static str {
    let place = ALL.iter().position(|asset| asset.name == name);
    place
        .and_then(|i| ADDRESSES.get(i))
        .map_or("", String::as_str)
}

/// The asset at an address.
pub fn at(address: &str) -> Option<&'static Asset> {
    let place = ADDRESSES.iter().position(|known| known == address)?;
    ALL.get(place)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn folder(name: &str) -> Vec<std::path::PathBuf> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let entries = std::fs::read_dir(root).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn every_file_of_the_folder_is_served_and_no_other() {
        let files: BTreeSet<String> = folder("static")
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        let served: Vec<&str> = ALL.iter().map(|asset| asset.name).collect();
        assert!(served.is_sorted());
        assert_eq!(
            files,
            served.iter().map(|name| (*name).to_owned()).collect()
        );
    }

    #[test]
    fn a_name_changes_with_the_content_and_leads_back_to_it() {
        for asset in ALL {
            let address = address(asset.name);
            assert!(address.starts_with("/static/"), "{address}");
            assert_eq!(at(address).unwrap().content, asset.content);
        }
        assert!(at("/static/page.css").is_none());
        assert_eq!(super::address("absent.css"), "");
    }

    #[test]
    fn templates_ask_for_assets_that_are_there_and_hold_no_style_or_script_of_their_own() {
        let mut asked = BTreeSet::new();
        for path in folder("templates")
            .into_iter()
            .chain(folder("templates/part"))
        {
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            for part in text.split("asset(\"").skip(1) {
                asked.insert(part.split('"').next().unwrap().to_owned());
            }
            let lower = text.to_lowercase();
            for never in [
                "style=",
                "<style",
                "onclick",
                "onload",
                "onsubmit",
                "javascript:",
                "http:",
            ] {
                assert!(!lower.contains(never), "{}: {never}", path.display());
            }
            for script in lower.split("<script").skip(1) {
                assert!(script.starts_with(" src="), "{}", path.display());
            }
        }
        assert_eq!(
            asked,
            ALL.iter().map(|asset| asset.name.to_owned()).collect()
        );
    }

    #[test]
    fn nothing_served_asks_another_host() {
        for asset in ALL {
            let text = std::str::from_utf8(asset.content).unwrap();
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http"), "{}", asset.name);
            assert!(!text.contains("url("), "{}", asset.name);
        }
    }
}
