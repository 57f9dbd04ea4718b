# SPDX-License-Identifier: Apache-2.0
# Every library that Weir links, found once. All are Debian packages, which
# scripts/install-dependencies installs.
#
#   Threads::Threads  Boost::headers  Boost::program_options  Boost::filesystem  yaml-cpp  spdlog::spdlog
#   nlohmann_json::nlohmann_json  simdjson::simdjson  Eigen3::Eigen  CURL::libcurl
#   SQLite::SQLite3  libdeflate
#   GTest::gtest GTest::gmock GTest::gmock_main (tests)  benchmark::benchmark (benchmarks)

find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS program_options filesystem)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(CURL REQUIRED)
find_package(SQLite3 REQUIRED)

find_path(LIBDEFLATE_INCLUDE_DIR libdeflate.h REQUIRED)
find_library(LIBDEFLATE_LIBRARY deflate REQUIRED)
add_library(libdeflate INTERFACE IMPORTED GLOBAL)
set_target_properties(libdeflate PROPERTIES
  INTERFACE_LINK_LIBRARIES "${LIBDEFLATE_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${LIBDEFLATE_INCLUDE_DIR}")

if(WEIR_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
if(WEIR_BUILD_BENCH)
  # Benchmarks are extra: without the package those that need it are left out.
  find_package(benchmark QUIET)
endif()
