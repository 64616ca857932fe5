//! workstate
