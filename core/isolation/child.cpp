// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/child.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <utility>

#include "core/isolation/channel.hpp"
#include "core/isolation/child_host.hpp"
#include "core/isolation/child_model.hpp"
#include "core/isolation/protocol.hpp"
#include "core/plugin/library.hpp"
#include "core/plugin/plugin_node.hpp"
#include "core/privileges/drop.hpp"
#include "core/wire/batch_bytes.hpp"
#include "weir/error.hpp"

namespace weir::core::isolation {
namespace {

constexpr int broken_channel = 70;  // exit code; a log line before it says more

/// Sends what one call emits at once; the engine keeps it until the call has succeeded.
class Sender final : public Emitter {
 public:
  explicit Sender(ChildHost& host) : host_(host) {}
  void emit(std::uint32_t port, Batch batch) override { emit_tracked(port, std::move(batch), 0); }
  void emit_tracked(std::uint32_t port, Batch batch, std::uint64_t token) override {
    host_.send(MessageType::emitted, encode_emitted({port, token}, batch));
  }
  void wake_at(Timestamp time) override {
    host_.send(MessageType::wake_at, encode_time(time.time_since_epoch().count()));
  }

 private:
  ChildHost& host_;
};

/// Runs `work` and writes down what it throws.
template <class Work>
void guard(Returned& returned, Work&& work) {
  const auto note = [&](Status status, const char* message) {
    returned.status = status;
    returned.message = message;
  };
  try {
    std::forward<Work>(work)();
  } catch (const ChannelClosed&) {
    throw;
  } catch (const RetryLater& trouble) {
    note(Status::retry, trouble.what());
    returned.retry_after = trouble.after().count();
  } catch (const Rejected& trouble) {
    note(Status::rejected, trouble.what());
  } catch (const Fatal& trouble) {
    note(Status::fatal, trouble.what());
  } catch (const std::exception& trouble) {
    note(Status::failed, trouble.what());
  } catch (...) {
    note(Status::failed, "threw something that is no std::exception");
  }
}

void limit(decltype(RLIMIT_DATA) resource, std::uint64_t most, const char* name) {
  if (most == 0) return;
  const rlimit value{most, most};
  if (::setrlimit(resource, &value) != 0)
    throw Fatal(std::string(name) + " cannot be set; a lower limit than this may hold already");
}

class Node {
 public:
  explicit Node(Channel& channel) : host_(channel) {}

  [[nodiscard]] ChildHost& host() { return host_; }

  /// Answers one message. False: it was the last.
  bool answer(Message message) {
    if (message.type == MessageType::destroy) {
      instance_.reset();
      model_.reset();
      return false;
    }
    Returned returned;
    int descriptor = -1;
    guard(returned, [&] {
      if (message.type == MessageType::create) return create(std::move(message), returned);
      View rest;
      const CallRequest request = decode_call(message.payload, rest);
      host_.set_time(request.now, request.monotonic);
      if (model_ != nullptr) return model_->answer(message.type, rest, returned);
      if (instance_ == nullptr) throw Fatal("there is no node yet");
      descriptor = call(message, request, rest, returned);
    });
    message = {};
    returned.counters = host_.take_counters();
    const std::span<const int> attached(&descriptor, descriptor >= 0 ? 1 : 0);
    try {
      host_.send(MessageType::returned, encode(returned), attached);
    } catch (const ChannelClosed&) {
      throw;
    } catch (const Error&) {  // the descriptor to wait for is none: the node is asked again in time
      host_.send(MessageType::returned, encode(returned));
    }
    return true;
  }

 private:
  void create(Message message, Returned& returned) {
    const CreateRequest request = decode_create(message.payload);
    host_.set_up(request.system_clock, request.kept, std::move(message.descriptors));
    limit(RLIMIT_DATA, request.limits.memory, "memory_limit");
    limit(RLIMIT_NOFILE, request.limits.files, "open_files");
    library_ = load_checked(request);
    const NodeType& type = *library_.find(request.plugin);
    if (type.description->kind == Kind::model) {
      model_ = std::make_unique<ChildModel>(host_, *type.type, request);
      return;
    }
    instance_ = create_plugin_node(*type.type, type.description, host_.host(), request.node,
                                   request.options, request.inputs);
    returned.acknowledges = instance_->takes_acknowledgements();
    returned.state_version = instance_->state_version();
  }

  /// The descriptor that the node waits for, or -1.
  int call(const Message& message, const CallRequest& request, View rest, Returned& returned) {
    Sender sender(host_);
    switch (message.type) {
      case MessageType::open:
        instance_->open();
        return -1;
      case MessageType::produce:
        return take_next(instance_->produce(sender), returned);
      case MessageType::process:
        instance_->process(request.input, decode_in_place(rest, message.owner), sender);
        return -1;
      case MessageType::end_input:
        instance_->end_input(request.input, sender);
        return -1;
      case MessageType::on_time:
        instance_->on_time(Timestamp{Duration{request.time}}, sender);
        return -1;
      case MessageType::flush:
        instance_->flush();
        return -1;
      case MessageType::finish:
        instance_->finish(static_cast<Reason>(request.reason), sender);
        return -1;
      case MessageType::acknowledge:
        instance_->acknowledge(decode_tokens(rest));
        return -1;
      case MessageType::save_state:
        returned.bytes = instance_->save_state();
        return -1;
      case MessageType::load_state:
        instance_->load_state(request.version,
                              {reinterpret_cast<const char*>(rest.data()), rest.size()});
        return -1;
      default:
        throw Fatal("the engine sent " + std::string(to_string(message.type)));
    }
  }

  static int take_next(const Next& next, Returned& returned) {
    if (const auto* wait = std::get_if<Wait>(&next)) {
      returned.next = WEIR_WAIT;
      returned.until = wait->until.time_since_epoch().count();
      return wait->fd;
    }
    returned.next = std::holds_alternative<End>(next) ? WEIR_END : WEIR_AGAIN;
    return -1;
  }

  ChildHost host_;
  Library library_;
  std::unique_ptr<NodeInstance> instance_;  // or
  std::unique_ptr<ChildModel> model_;
};

/// Hears of the end also while a call of the node does not return: a byte says that the run is to
/// stop; the end of the socket, that the engine is gone. (PR_SET_PDEATHSIG would follow the thread
/// that started this process, and a thread of the pool may end before the run does.)
void* watch_lifeline(void* host) {
  while (true) {
    char byte = 0;
    const ssize_t got = ::read(lifeline_descriptor, &byte, 1);
    if (got > 0) {
      static_cast<ChildHost*>(host)->set_stopping();
    } else if (got == 0 || errno != EINTR) {
      std::_Exit(0);
    }
  }
}

/// With a small stack, which would count against the node's memory.
void start_lifeline(ChildHost& host) {
  pthread_attr_t attributes;
  pthread_t thread{};
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, std::size_t{256} << 10U);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (::pthread_create(&thread, &attributes, watch_lifeline, &host) != 0)
    std::_Exit(broken_channel);
  ::pthread_attr_destroy(&attributes);
}

void ignore(int) {}

/// A Ctrl-C or a service's stop reaches every process; here the engine says when to end. Handlers,
/// not SIG_IGN: a program that the plugin starts gets the default again.
void set_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) {
    struct sigaction action {};
    action.sa_handler = ignore;
    action.sa_flags = SA_RESTART;
    ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
  // A sanitizer's handlers would turn a signal into an exit.
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// No rights, no core file and nobody who may look into this memory: options hold secrets.
void harden() {
  drop_rights(std::nullopt);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

bool is_socket(int descriptor) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

}  // namespace

void run_isolated_node() {
  if (!is_socket(channel_descriptor)) {
    std::fputs("weir: isolated-node is started by `weir run`, not by people\n", stderr);
    std::_Exit(2);
  }
  try {
    harden();
    ::fcntl(channel_descriptor, F_SETFD, FD_CLOEXEC);
    ::fcntl(lifeline_descriptor, F_SETFD, FD_CLOEXEC);
    set_signals();
    Channel channel{Descriptor(channel_descriptor)};
    Node node(channel);
    start_lifeline(node.host());
    while (auto message = channel.receive()) {
      if (!node.answer(std::move(*message))) break;
    }
    std::_Exit(0);
  } catch (const ChannelClosed&) {
    std::_Exit(0);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "weir: isolated node: %s\n", problem.what());
    std::_Exit(broken_channel);
  }
}

}  // namespace weir::core::isolation
