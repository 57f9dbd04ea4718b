# SPDX-License-Identifier: Apache-2.0
# find_package(Weir) gives the target Weir::sdk and the functions of WeirPlugin.cmake.
include("${CMAKE_CURRENT_LIST_DIR}/WeirTargets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/WeirPlugin.cmake")
