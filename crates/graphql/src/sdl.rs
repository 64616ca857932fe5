//! The schema as text, committed as the contract with the outside.

use crate::schema::builder;
use std::fs;
use std::path::Path;

/// Where it stands under the repository's root.
pub const SDL_PATH: &str = "schemas/graphql/sportello.graphql";

/// The schema in GraphQL's own language.
pub fn sdl() -> String {
    let sdl = builder().finish().sdl();
    // One newline at the end, as editors leave it.
    format!("{}\n", sdl.trim_end())
}

/// Writes the committed file under the repository's `root`.
///
/// # Errors
/// One line: the file cannot be written.
pub fn write_sdl(root: &Path) -> Result<(), String> {
    let path = root.join(SDL_PATH);
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&path, sdl()))
        .map_err(|e| format!("{} cannot be written: {e}", path.display()))
}

/// Checks that the committed file is what the program says.
///
/// # Errors
/// One line: the file cannot be read, or is not clean.
pub fn check_sdl(root: &Path) -> Result<(), String> {
    let path = root.join(SDL_PATH);
    let found = fs::read_to_string(&path).map_err(|e| format!("{} cannot be read: {e}", path.display()))?;
    if found == sdl() {
        Ok(())
    } else {
        Err(format!("{SDL_PATH} is not what the program says: write the schemas again"))
    }
}
