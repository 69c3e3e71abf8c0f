//! Taking back: what was ended is refused at the next request, everywhere and for ever.

mod doors;
mod faults;
mod reach;
mod shown_before;
mod under_way;
