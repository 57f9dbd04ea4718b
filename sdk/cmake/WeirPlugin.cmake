# SPDX-License-Identifier: Apache-2.0
# What a plugin's CMakeLists.txt calls, inside this repository and outside of it:
#
#   find_package(Weir REQUIRED)
#   weir_add_plugin(my-filter SOURCES my_filter.cpp [LIBS SQLite::SQLite3])
#   weir_add_plugin_test(my-filter SOURCES my_filter_test.cpp [LIBS …])
#
# weir_add_plugin       builds <build>/lib/weir/plugins/<name>.so, installed to lib/weir/plugins.
# weir_add_plugin_test  builds <build>/tests/test-<name> with GoogleTest, registered with ctest.

# Testing is switched on in the scope of a folder, not of a function: so here, where find_package
# reads this file.
if(NOT COMMAND weir_add_test)
  enable_testing()
endif()

function(weir_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "weir_add_plugin(${name}): name at least one file after SOURCES")
  endif()
  add_library(${name} MODULE ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE Weir::sdk ${arg_LIBS})
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  if(COMMAND weir_set_warnings)
    weir_set_warnings(${name})
  else()
    target_compile_options(${name} PRIVATE -Wall -Wextra)
  endif()
  # Only weir_plugin_entry is visible. Libraries of the plugin's own are looked for beside it and
  # in the folder above.
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib/weir/plugins"
    POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    BUILD_RPATH "$ORIGIN;$ORIGIN/.." INSTALL_RPATH "$ORIGIN;$ORIGIN/.." BUILD_WITH_INSTALL_RPATH ON)
  # A symbol that nobody defines is an error here and not when the pipeline starts. Symbols of
  # static libraries stay inside. (clang leaves the sanitizers' own symbols to the program, so there
  # the first cannot be asked for.)
  target_link_options(${name} PRIVATE -Wl,--exclude-libs,ALL)
  if(NOT WEIR_SANITIZE AND NOT WEIR_FUZZ AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    target_link_options(${name} PRIVATE -Wl,--no-undefined)
  endif()
  install(TARGETS ${name} LIBRARY DESTINATION lib/weir/plugins)
endfunction()

function(weir_add_plugin_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "weir_add_plugin_test(${name}): name at least one file after SOURCES")
  endif()
  if(COMMAND weir_add_test)
    weir_add_test(${name} SOURCES ${arg_SOURCES} LIBS ${arg_LIBS} LABELS plugin)
    return()
  endif()
  find_package(GTest REQUIRED)
  find_package(Threads REQUIRED)
  add_executable(test-${name} ${arg_SOURCES})
  target_link_libraries(test-${name} PRIVATE
    Weir::sdk ${arg_LIBS} GTest::gmock_main Threads::Threads)
  target_include_directories(test-${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  target_compile_options(test-${name} PRIVATE -Wall -Wextra)
  set_target_properties(test-${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  add_test(NAME ${name} COMMAND test-${name})
endfunction()
