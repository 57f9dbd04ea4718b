# SPDX-License-Identifier: Apache-2.0
# How targets of this repository are built. Outside authors use sdk/cmake/WeirPlugin.cmake instead.
#
#   weir_add_library(<name> SOURCES… [PUBLIC libs…] [PRIVATE libs…])
#   weir_add_test(<name> SOURCES… [LIBS…] [LABELS…] [ENVIRONMENT…] [TIMEOUT seconds])
#       -> tests/test-<name>, one ctest test; `tests-<label>` builds all tests of a label
#   weir_add_bench(<name> SOURCES… [LIBS…])    -> bench/<name>, built by the target `bench`
#   weir_add_fuzzer(<name> SOURCES… [LIBS…])   -> fuzz/fuzz-<name>, built by the target `fuzzers`
#   weir_add_cpu_variants(<name> SOURCES… [LIBS…])
#       -> lib/weir/lib<name>.so, for the baseline CPU and for x86-64-v3

# Warnings of our own code only; third-party headers come in as SYSTEM and stay silent.
function(weir_set_warnings target)
  set(warnings -Wall -Wextra -Wpedantic -Wshadow)
  set(cxx_warnings -Wnon-virtual-dtor -Woverloaded-virtual)
  target_compile_options(${target} PRIVATE
    ${warnings} "$<$<COMPILE_LANGUAGE:CXX>:${cxx_warnings}>"
    $<$<BOOL:${WEIR_WERROR}>:-Werror>)
endfunction()

function(weir_require_sources function name)
  if(NOT ARGN)
    message(FATAL_ERROR "${function}(${name}): name at least one file after SOURCES")
  endif()
endfunction()

# A folder of core/ or tests/ includes from the root of the repository ("core/graph/graph.hpp"); one
# of plugins/ sees itself and the shared static libraries that it links, never core.
function(weir_set_includes target scope)
  file(RELATIVE_PATH here "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  if(here MATCHES "^(core|tests)(/|$)")
    target_include_directories(${target} ${scope} "${PROJECT_SOURCE_DIR}")
  endif()
  if(NOT here MATCHES "^core(/|$)")
    target_include_directories(${target} ${scope} "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
endfunction()

function(weir_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;PUBLIC;PRIVATE")
  weir_require_sources(weir_add_library ${name} ${arg_SOURCES})
  add_library(${name} STATIC ${arg_SOURCES})
  weir_set_warnings(${name})
  weir_set_includes(${name} PUBLIC)
  set_target_properties(${name} PROPERTIES
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

# The paths that tests may need, as string literals: the repository, and the build that the test
# belongs to.
function(weir_set_test_paths target)
  target_compile_definitions(${target} PRIVATE
    WEIR_SOURCE_DIR="${PROJECT_SOURCE_DIR}" WEIR_BUILD_DIR="${PROJECT_BINARY_DIR}")
endfunction()

# What ctest needs to know of any test, also of one registered by add_test: a limit in seconds that
# a sanitizer's slowness stretches, labels, environment.
function(weir_set_test_properties test)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LABELS;ENVIRONMENT")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(WEIR_SANITIZE)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 5")
  endif()
  set_tests_properties(${test} PROPERTIES
    TIMEOUT ${arg_TIMEOUT}
    LABELS "${arg_LABELS}"
    ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1;${arg_ENVIRONMENT}")
endfunction()

# `tests-runtime` builds the tests that carry the label runtime, and nothing that they do not need.
function(weir_add_to_label_targets target)
  foreach(label IN LISTS ARGN)
    if(NOT TARGET tests-${label})
      add_custom_target(tests-${label})
    endif()
    add_dependencies(tests-${label} ${target})
  endforeach()
endfunction()

function(weir_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LIBS;LABELS;ENVIRONMENT")
  weir_require_sources(weir_add_test ${name} ${arg_SOURCES})
  set(target test-${name})
  add_executable(${target} ${arg_SOURCES})
  weir_set_warnings(${target})
  weir_set_includes(${target} PRIVATE)
  # The folder's name is a label, so that `ctest -L runtime` runs tests/core/runtime;
  # plugins/<name>/tests is called <name> and sees the plugin's own headers.
  set(folder "${CMAKE_CURRENT_SOURCE_DIR}")
  if(folder MATCHES "/tests$")
    cmake_path(GET folder PARENT_PATH folder)
    target_include_directories(${target} PRIVATE "${folder}")
  endif()
  cmake_path(GET folder FILENAME label)
  weir_set_test_paths(${target})
  target_link_libraries(${target} PRIVATE
    ${arg_LIBS} Weir::sdk GTest::gmock_main GTest::gmock GTest::gtest Threads::Threads)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  add_test(NAME ${name} COMMAND ${target} --gtest_brief=1)
  weir_set_test_properties(${name} TIMEOUT "${arg_TIMEOUT}" LABELS ${label} ${arg_LABELS}
                           ENVIRONMENT ${arg_ENVIRONMENT})
  weir_add_to_label_targets(${target} ${label} ${arg_LABELS})
endfunction()

function(weir_add_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  weir_require_sources(weir_add_bench ${name} ${arg_SOURCES})
  if(NOT WEIR_BUILD_BENCH)
    return()
  endif()
  foreach(library IN LISTS arg_LIBS)
    if(library MATCHES "^benchmark::" AND NOT TARGET ${library})
      message(STATUS "bench ${name} is left out: libbenchmark-dev is not installed")
      return()
    endif()
  endforeach()
  set(target bench-${name})
  add_executable(${target} EXCLUDE_FROM_ALL ${arg_SOURCES})
  weir_set_warnings(${target})
  weir_set_includes(${target} PRIVATE)
  weir_set_test_paths(${target})
  target_link_libraries(${target} PRIVATE ${arg_LIBS} Weir::sdk Threads::Threads)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  add_dependencies(bench ${target})
endfunction()
if(WEIR_BUILD_BENCH)
  add_custom_target(bench)
endif()

# A fuzzer defines LLVMFuzzerTestOneInput. With the preset `fuzz` libFuzzer drives it; in every
# other build with tests it becomes a test that replays the corpus in tests/fuzz/corpus/<name>, so that what
# was found once stays found.
function(weir_add_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  weir_require_sources(weir_add_fuzzer ${name} ${arg_SOURCES})
  if(NOT (WEIR_FUZZ OR WEIR_BUILD_TESTS))
    return()
  endif()
  set(target fuzz-${name})
  add_executable(${target} ${arg_SOURCES})
  weir_set_warnings(${target})
  weir_set_includes(${target} PRIVATE)
  target_link_libraries(${target} PRIVATE ${arg_LIBS} Weir::sdk Threads::Threads)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
  if(WEIR_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  elseif(WEIR_BUILD_TESTS)
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/fuzz_replay.cpp")
    add_test(NAME ${target} COMMAND ${target} "${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name}")
    weir_set_test_properties(${target} LABELS fuzz)
  endif()
  add_dependencies(fuzzers ${target})
endfunction()
add_custom_target(fuzzers)

# Headers that a generator writes: what clang-tidy must find before anything is compiled.
add_custom_target(generated-sources)

# A shared library of hot code, built twice; the loader takes the x86-64-v3 copy where the CPU has
# AVX2 and FMA. A plugin that lists <name> among its LIBS finds it by its run path ($ORIGIN/..). Two
# libraries, not one with two sets of flags: that breaks the one-definition rule for every template
# in it. Only what the sources mark with default visibility can be called from outside. Hot code is
# optimised in debug builds too, or tests that train a model take minutes.
function(weir_add_cpu_variants name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  weir_require_sources(weir_add_cpu_variants ${name} ${arg_SOURCES})
  set(folder "${PROJECT_BINARY_DIR}/lib/weir")
  set(variants ${name})
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND variants ${name}-v3)
  endif()
  foreach(target IN LISTS variants)
    add_library(${target} SHARED ${arg_SOURCES})
    weir_set_warnings(${target})
    weir_set_includes(${target} PUBLIC)
    target_link_libraries(${target} PRIVATE ${arg_LIBS})
    target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-O2>)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name}
      CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  endforeach()
  set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${folder}")
  install(TARGETS ${name} LIBRARY DESTINATION lib/weir)
  if(TARGET ${name}-v3)
    target_compile_options(${name}-v3 PRIVATE -march=x86-64-v3)
    set_target_properties(${name}-v3 PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY "${folder}/glibc-hwcaps/x86-64-v3")
    add_dependencies(${name} ${name}-v3)
    install(TARGETS ${name}-v3 LIBRARY DESTINATION lib/weir/glibc-hwcaps/x86-64-v3)
  endif()
endfunction()
