// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/watching.hpp"
#include "core/observe/control_request.hpp"
#include "core/observe/top_text.hpp"
#include "weir/error.hpp"

namespace weir::core::cli {
namespace {

constexpr auto refresh = std::chrono::seconds{1};

CommandLine top_line() {
  CommandLine line(
      "weir top [PIPELINE] [options]",
      "Shows a run that goes on, node by node, each below what feeds it: rows a second "
      "in and\n"
      "out, how full its queue is, its share of time, retries, errors, rows lost, and "
      "the call that\n"
      "it is in. Refreshes every second; Ctrl-C leaves, and leaves the run alone.",
      "  weir top\n"
      "  weir top monitor --once\n");
  line.add()("once", "print one plain table, of one second, and end");
  add_finding_options(line);
  line.positional("pipeline", 1);
  return line;
}

observe::TopView look(ControlConnection& run) {
  run.send(to_json(observe::ControlRequest{}));
  const auto answer = run.receive();
  if (!answer) throw Error("the run has ended");
  return observe::parse_view(*answer);
}

/// The terminal's encoding, by what the locale's variables say; the program itself stays in C.
bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::strstr(value, "UTF-8") != nullptr || std::strstr(value, "utf8") != nullptr;
  }
  return false;
}

struct Size {
  std::size_t width = 0;
  std::size_t height = 0;
};

Size terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

/// No more lines than the terminal has: what scrolls cannot be painted over.
std::string first_lines(const std::string& text, std::size_t height) {
  std::size_t end = 0;
  for (std::size_t line = 0; height > 1 && line + 1 < height; ++line) {
    const std::size_t next = text.find('\n', end);
    if (next == std::string::npos) return text;
    end = next + 1;
  }
  return height > 1 ? text.substr(0, end) : text;
}

volatile std::sig_atomic_t left = 0;
extern "C" void leave(int) { left = 1; }

/// The terminal's other screen, so that what stood there is back afterwards.
class Screen {
 public:
  Screen() {
    struct sigaction action {};
    action.sa_handler = leave;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    std::fputs("\x1b[?1049h\x1b[?25l", stdout);
  }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() {
    std::fputs("\x1b[?25h\x1b[?1049l", stdout);
    std::fflush(stdout);
  }
  static void paint(const std::string& text) {
    std::string out = "\x1b[H";
    for (const char c : text) {
      if (c == '\n') out += "\x1b[K";
      out += c;
    }
    out += "\x1b[J";
    std::fwrite(out.data(), 1, out.size(), stdout);
    std::fflush(stdout);
  }
};

/// A signal ends the sleep.
void pause() {
  const timespec time{std::chrono::seconds(refresh).count(), 0};
  ::nanosleep(&time, nullptr);
}

int show(ControlConnection& run) {
  const bool colour = std::getenv("NO_COLOR") == nullptr;
  observe::TopView before = look(run);
  const Screen screen;
  while (left == 0) {
    const Size size = terminal_size();
    pause();
    if (left != 0) break;
    observe::TopView now = look(run);
    Screen::paint(
        first_lines(top_text(before, now, {colour, speaks_utf8(), size.width}), size.height));
    before = std::move(now);
  }
  return done;
}

int print_once(ControlConnection& run) {
  const observe::TopView before = look(run);
  std::this_thread::sleep_for(refresh);
  const std::string text = top_text(before, look(run), {false, speaks_utf8(), 0});
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? done : failed;
}

}  // namespace

int top_command(const Arguments& arguments) {
  CommandLine line = top_line();
  const auto given = line.parse(arguments);
  if (!given) return done;
  const Texts names = texts(*given, "pipeline");
  ControlConnection run(connect_to_run(*given, names.empty() ? "" : names.front()));
  const bool once = given->count("once") > 0 || ::isatty(STDOUT_FILENO) == 0;
  return once ? print_once(run) : show(run);
}

}  // namespace weir::core::cli
