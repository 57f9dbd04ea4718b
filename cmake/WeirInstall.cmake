# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` lays down beside the plugins and the SDK, which install themselves. The
# program finds its plugins at ../lib/weir/plugins from its own place, so lib/ is spelt out instead
# of the system's multiarch folder.
if(TARGET weir)
  install(TARGETS weir RUNTIME DESTINATION bin)
endif()
# The unit names the program by its whole path; --prefix and DESTDIR are known at the install only.
if(TARGET weir)
  install(CODE "
    file(READ \"${PROJECT_SOURCE_DIR}/packaging/systemd/weir@.service\" unit)
    string(REPLACE \"/usr/bin/weir\" \"\${CMAKE_INSTALL_PREFIX}/bin/weir\" unit \"\${unit}\")
    set(place \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system/weir@.service\")
    message(STATUS \"Installing: \$ENV{DESTDIR}\${place}\")
    file(WRITE \"\$ENV{DESTDIR}\${place}\" \"\${unit}\")")
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
