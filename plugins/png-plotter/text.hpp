// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text that came from data, made fit for a gnuplot script.
namespace weir::png_plotter {

// One line of valid UTF-8: control characters and line breaks become spaces, and what the font may
// not hold becomes U+25A1 (a missing glyph makes pango draw a box over the whole picture).
[[nodiscard]] std::string printable(std::string_view text);

// A single-quoted gnuplot string of printable(text). Inside it gnuplot knows no backslash, no
// backquote, no macro and no system(). A quote becomes U+2019: gnuplot 5.4 takes a doubled quote at
// the start of a string for its end.
[[nodiscard]] std::string quote(std::string_view text);

// Like quote, for the labels of `set xtics`, which gnuplot uses as a format: every % is doubled.
[[nodiscard]] std::string quote_tick(std::string_view text);

// At most `length` characters: the middle gives way to "…". length >= 3.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t length);

// Characters, as seen: the bytes of UTF-8 that begin one.
[[nodiscard]] std::size_t length(std::string_view text);

// Three significant digits, all of a whole number below a million: 0.0123, 12.3, 1234, 1.234e+06.
[[nodiscard]] std::string short_number(double value);

// A file name without folder or extension: letters, digits, '-', '_' and '.'; the rest becomes '-'.
// Never empty, never longer than 80, never begins with '.'.
[[nodiscard]] std::string file_stem(std::string_view text);

}  // namespace weir::png_plotter
