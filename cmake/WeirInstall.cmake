# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` lays down beside the plugins and the SDK, which install themselves. The
# program finds its plugins at ../lib/weir/plugins from its own place, so lib/ is spelt out instead
# of the system's multiarch folder.
if(TARGET weir)
  install(TARGETS weir RUNTIME DESTINATION bin)
endif()
if(EXISTS "${PROJECT_SOURCE_DIR}/pipelines")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/pipelines/" DESTINATION share/weir/pipelines
          FILES_MATCHING PATTERN "*.yaml" PATTERN "*.ini" PATTERN "*.csv" PATTERN "*.md")
endif()
foreach(page README.md CHANGELOG.md SECURITY.md LICENSE)
  if(EXISTS "${PROJECT_SOURCE_DIR}/${page}")
    install(FILES "${PROJECT_SOURCE_DIR}/${page}" DESTINATION share/doc/weir)
  endif()
endforeach()
if(EXISTS "${PROJECT_SOURCE_DIR}/docs")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION share/doc/weir/docs)
endif()
