# SPDX-License-Identifier: Apache-2.0
# Every library that Weir links, found once. All are Debian packages, which
# scripts/install-dependencies installs.
#
#   Threads::Threads  Boost::headers  Boost::program_options  Boost::filesystem  yaml-cpp  spdlog::spdlog
#   nlohmann_json::nlohmann_json  simdjson::simdjson  Eigen3::Eigen  CURL::libcurl
#   SQLite::SQLite3  libdeflate  cares  protobuf::libprotobuf-lite protobuf::protoc  xgboost
#   prometheus-core
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
find_package(Protobuf 3.12 REQUIRED)

find_path(LIBDEFLATE_INCLUDE_DIR libdeflate.h REQUIRED)
find_library(LIBDEFLATE_LIBRARY deflate REQUIRED)
add_library(libdeflate INTERFACE IMPORTED GLOBAL)
set_target_properties(libdeflate PROPERTIES
  INTERFACE_LINK_LIBRARIES "${LIBDEFLATE_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${LIBDEFLATE_INCLUDE_DIR}")

# Its own CMake files ask for its dependencies' development packages, which its C interface needs not.
find_path(XGBOOST_INCLUDE_DIR xgboost/c_api.h REQUIRED)
find_library(XGBOOST_LIBRARY xgboost REQUIRED)
add_library(xgboost INTERFACE IMPORTED GLOBAL)
set_target_properties(xgboost PROPERTIES
  INTERFACE_LINK_LIBRARIES "${XGBOOST_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${XGBOOST_INCLUDE_DIR}")

# Its core and text format alone: its own CMake files ask for a web server's packages too.
find_path(PROMETHEUS_INCLUDE_DIR prometheus/text_serializer.h REQUIRED)
find_library(PROMETHEUS_LIBRARY prometheus-cpp-core REQUIRED)
add_library(prometheus-core INTERFACE IMPORTED GLOBAL)
set_target_properties(prometheus-core PROPERTIES
  INTERFACE_LINK_LIBRARIES "${PROMETHEUS_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${PROMETHEUS_INCLUDE_DIR}")

find_path(CARES_INCLUDE_DIR ares.h REQUIRED)
find_library(CARES_LIBRARY cares REQUIRED)
add_library(cares INTERFACE IMPORTED GLOBAL)
set_target_properties(cares PROPERTIES
  INTERFACE_LINK_LIBRARIES "${CARES_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${CARES_INCLUDE_DIR}")

if(WEIR_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()
if(WEIR_BUILD_BENCH)
  # Benchmarks are extra: without the package those that need it are left out.
  find_package(benchmark QUIET)
endif()
