//! The pictures themselves: each a function that draws on a canvas of any size.

pub mod city;
pub mod craft;
pub mod fields;
mod figures;
pub mod flowers;
pub mod garden;
pub mod jewels;
pub mod lights;
pub mod loops;
pub mod mountains;
pub mod night;
pub mod sea;
pub mod seasons;
mod sky;
pub mod table;
pub mod tropics;
pub mod water;
pub mod wedding;
