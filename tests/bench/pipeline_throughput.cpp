// SPDX-License-Identifier: Apache-2.0
// One million JSON lines of 7 keys -> file-source -> influx-sink -> a sink on loopback that reads
// and throws away, as the figures ask: wall time from the start of the process to its end, the sink
// included on the same cores.
//
//   pipeline_throughput [path of weir]      default: bin/weir of this build
//
// Measured twice: the whole program, and the two nodes alone on two threads with a queue between
// them, which shows what the engine adds.
#include <arpa/inet.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <weir/testing.hpp>

#include "file_source.hpp"
#include "influx_sink.hpp"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using weir::testing::Bench;

constexpr std::size_t rows = 1'000'000;
constexpr int rounds = 3;

void write_rows(const fs::path& path) {
  std::mt19937_64 random(1);
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) throw std::runtime_error("cannot write " + path.string());
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t ms = i * 50;
    std::fprintf(file,
                 "{\"time\":\"2026-11-22T%02zu:%02zu:%02zu.%03zuZ\",\"host\":\"edge-%03d\",\"if\":"
                 "\"eth%d\",\"rtt_ms\":%.3f,"
                 "\"loss\":%.2f,\"rx\":%d,\"tx\":%d}\n",
                 ms / 3'600'000 % 24, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000,
                 static_cast<int>(random() % 200), static_cast<int>(random() % 4),
                 static_cast<double>(random() % 100'000) / 1000,
                 static_cast<double>(random() % 100) / 100, static_cast<int>(random() % 100'000),
                 static_cast<int>(random() % 100'000));
  }
  std::fclose(file);
}

/// Takes POSTs and answers 204. Bodies are only counted; gzipped ones are kept and looked at later,
/// so that unpacking takes no time from what is measured.
class Sink {
 public:
  Sink() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no loopback socket");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Lines and bytes since the last call; no client may be connected.
  std::pair<std::size_t, std::size_t> take() {
    while (connected_) std::this_thread::yield();
    for (const std::string& body : packed_) lines_ += lines_in(body);
    packed_.clear();
    return {std::exchange(lines_, 0), std::exchange(bytes_, 0)};
  }

 private:
  void run() {
    while (!stopping_) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      connected_ = true;
      buffer_.clear();
      while (serve(connection)) continue;
      ::close(connection);
      connected_ = false;
    }
  }

  bool more(int connection, std::size_t wanted) {
    const std::size_t before = buffer_.size();
    buffer_.resize(before + std::clamp<std::size_t>(wanted, 4096, 1 << 20));
    const ssize_t got = ::recv(connection, buffer_.data() + before, buffer_.size() - before, 0);
    buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return got > 0;
  }

  bool serve(int connection) {
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!more(connection, 4096)) return false;
    }
    const std::string head = buffer_.substr(0, end);
    const char* length_at = std::strstr(head.c_str(), "Content-Length: ");
    const std::size_t length = length_at == nullptr ? 0 : std::strtoul(length_at + 16, nullptr, 10);
    const bool packed = head.find("gzip") != std::string::npos;
    buffer_.erase(0, end + 4);
    bytes_ += length;
    if (packed) {
      while (buffer_.size() < length) {
        if (!more(connection, length - buffer_.size())) return false;
      }
      packed_.push_back(buffer_.substr(0, length));
      buffer_.erase(0, length);
    } else {
      for (std::size_t left = length;;) {
        const std::size_t part = std::min(left, buffer_.size());
        lines_ += static_cast<std::size_t>(
            std::count(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(part), '\n'));
        buffer_.erase(0, part);
        left -= part;
        if (left == 0) break;
        if (!more(connection, left)) return false;
      }
    }
    constexpr std::string_view answer = "HTTP/1.1 204 No Content\r\n\r\n";
    return ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) > 0;
  }

  static std::size_t lines_in(const std::string& packed) {
    std::uint32_t size = 0;
    std::memcpy(&size, packed.data() + packed.size() - sizeof size, sizeof size);
    std::string text(size, '\0');
    libdeflate_decompressor* unpacker = libdeflate_alloc_decompressor();
    const auto result = libdeflate_gzip_decompress(unpacker, packed.data(), packed.size(),
                                                   text.data(), text.size(), nullptr);
    libdeflate_free_decompressor(unpacker);
    if (result != LIBDEFLATE_SUCCESS) throw std::runtime_error("a body is no gzip");
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  int listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> connected_ = false;
  std::string buffer_;
  std::vector<std::string> packed_;
  std::size_t lines_ = 0;
  std::size_t bytes_ = 0;
  std::thread thread_;
};

struct Result {
  double wall = 0;
  double cpu = 0;
  double rss_mb = 0;
};

Result run(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const auto begin = Clock::now();
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  if (pid < 0 || ::wait4(pid, &status, 0, &used) != pid || status != 0) {
    throw std::runtime_error(command.front() + " failed with status " + std::to_string(status));
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {std::chrono::duration<double>(Clock::now() - begin).count(),
          seconds(used.ru_utime) + seconds(used.ru_stime),
          static_cast<double>(used.ru_maxrss) / 1024};
}

/// The two nodes alone.
int run_nodes(const std::string& path, const std::string& url, const std::string& gzip) {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<weir::Batch> queue;
  bool ended = false;
  constexpr std::size_t most = 4;
  std::thread reader([&] {
    Bench<weir::file_source::FileSource> source(
        {{"path", path}, {"measurement", "net"}, {"tags", "host,if"}}, {});
    for (bool over = false; !over;) {
      over = std::holds_alternative<weir::End>(source.produce());
      for (weir::Batch& batch : source.take()) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return queue.size() < most; });
        queue.push_back(std::move(batch));
        changed.notify_all();
      }
    }
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_all();
  });
  Bench<weir::influx_sink::InfluxSink> sink({{"url", url}, {"database", "bench"}, {"gzip", gzip}});
  for (;;) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return !queue.empty() || ended; });
    if (queue.empty()) break;
    const weir::Batch batch = std::move(queue.front());
    queue.pop_front();
    changed.notify_all();
    lock.unlock();
    sink.process(batch);
  }
  sink.flush().finish();
  reader.join();
  return 0;
}

void write_pipeline(const fs::path& file, const fs::path& data, const std::string& url,
                    const char* gzip) {
  std::ofstream(file) << "nodes:\n"
                      << "  rows: {plugin: file-source, path: \"" << data.string()
                      << "\", measurement: net, tags: [host, if]}\n"
                      << "  store: {plugin: influx-sink, inputs: [rows], url: \"" << url
                      << "\", database: bench, gzip: " << gzip << "}\n";
}

void report(const char* what, Sink& sink, const std::vector<std::string>& command, double goal) {
  Result best;
  std::size_t bytes = 0;
  for (int round = 0; round < rounds; ++round) {
    const Result result = run(command);
    const auto [lines, size] = sink.take();
    bytes = size;
    if (lines != rows)
      throw std::runtime_error(std::string(what) + ": " + std::to_string(lines) +
                               " lines came, not " + std::to_string(rows));
    if (round == 0 || result.wall < best.wall) best = result;
  }
  const double rate = static_cast<double>(rows) / best.wall;
  std::printf(
      "%-22s %6.3f s  %5.2f M rows/s  %5.2f CPU s  %5.1f MB peak  %5.1f MB sent   goal %.0f M/s, "
      "40 MB: %s\n",
      what, best.wall, rate / 1e6, best.cpu, best.rss_mb, static_cast<double>(bytes) / 1e6,
      goal / 1e6, rate >= goal && best.rss_mb < 40 ? "reached" : "missed");
  std::printf("%-22s %.1f x Fluent Bit 5.1 on such a machine (149 k rows/s)\n", "", rate / 149e3);
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

int compare(const std::string& weir) {
  std::string pattern = (fs::temp_directory_path() / "weir-throughput-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  const fs::path folder = pattern;
  const fs::path data = folder / "rows.jsonl";
  write_rows(data);
  double load = 0;
  (void)::getloadavg(&load, 1);
  std::printf("%s, %u cores, load %.1f; %zu rows, %.1f MB; best of %d\n", processor().c_str(),
              std::thread::hardware_concurrency(), load, rows,
              static_cast<double>(fs::file_size(data)) / 1e6, rounds);
  {
    Sink sink;
    for (const char* gzip : {"false", "true"}) {
      const bool packed = std::strcmp(gzip, "true") == 0;
      const double goal = packed ? 2e6 : 3e6;
      report(packed ? "nodes alone, gzip" : "nodes alone", sink,
             {"/proc/self/exe", "--nodes", data.string(), sink.url(), gzip}, goal);
      if (!fs::exists(weir)) continue;
      const fs::path pipeline = folder / (packed ? "gzip.yaml" : "plain.yaml");
      write_pipeline(pipeline, data, sink.url(), gzip);
      report(packed ? "weir run, gzip" : "weir run", sink, {weir, "run", pipeline.string()}, goal);
    }
  }
  if (!fs::exists(weir))
    std::printf("%s is not there: only the nodes were measured\n", weir.c_str());
  fs::remove_all(folder);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc == 5 && std::strcmp(argv[1], "--nodes") == 0)
      return run_nodes(argv[2], argv[3], argv[4]);
    return compare(argc > 1 ? argv[1] : WEIR_BUILD_DIR "/bin/weir");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pipeline_throughput: %s\n", error.what());
    return 1;
  }
}
