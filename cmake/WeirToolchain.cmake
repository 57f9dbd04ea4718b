# SPDX-License-Identifier: Apache-2.0
# Language, optimisation, output folders and sanitizers: what holds for every target.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# -O2 for the baseline CPU. Never -march=native: it makes binaries that die on other machines, and
# GCC 12's tuning for Zen 3 costs Eigen 27 %. Faster CPUs are served by weir_add_cpu_variants.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
# Line tables are all that a stack trace needs; full debug information doubles link time.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1 -D_GLIBCXX_ASSERTIONS")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g1")

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/archive")

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(WEIR_CCACHE ccache)
  if(WEIR_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${WEIR_CCACHE}")
    set(CMAKE_C_COMPILER_LAUNCHER "${WEIR_CCACHE}")
  endif()
endif()

if(WEIR_FUZZ AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "WEIR_FUZZ needs clang: use the preset `fuzz`, "
                      "or -DCMAKE_CXX_COMPILER=clang++-14")
endif()
if(WEIR_SANITIZE)
  # -O1: without any optimisation the instrumented suite takes several times as long.
  add_compile_options("-fsanitize=${WEIR_SANITIZE}" -fno-sanitize-recover=all
                      -fno-omit-frame-pointer -O1 -g1)
  add_link_options("-fsanitize=${WEIR_SANITIZE}")
endif()
if(WEIR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
