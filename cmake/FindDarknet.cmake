# Finds Darknet: Debian's package, or the folder given as -DDARKNET_ROOT=DIR (include/darknet.h and
# libdarknet.so below it). Defines the target Darknet::Darknet. Debian's library has no SONAME and lies
# outside the loader's path, so programs carry its folder as RPATH.
set(DARKNET_ROOT "/usr/lib/darknet" CACHE PATH "folder that holds Darknet")
find_path(DARKNET_INCLUDE_DIR darknet.h HINTS ${DARKNET_ROOT} PATH_SUFFIXES include NO_DEFAULT_PATH)
find_library(DARKNET_LIBRARY darknet HINTS ${DARKNET_ROOT} PATH_SUFFIXES lib NO_DEFAULT_PATH)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Darknet
	REQUIRED_VARS DARKNET_LIBRARY DARKNET_INCLUDE_DIR
	REASON_FAILURE_MESSAGE "install Debian's package 'darknet' or pass -DDARKNET_ROOT=DIR")

if(Darknet_FOUND AND NOT TARGET Darknet::Darknet)
	get_filename_component(_darknet_dir ${DARKNET_LIBRARY} DIRECTORY)
	add_library(Darknet::Darknet UNKNOWN IMPORTED)
	set_target_properties(Darknet::Darknet PROPERTIES
		IMPORTED_LOCATION ${DARKNET_LIBRARY}
		INTERFACE_INCLUDE_DIRECTORIES ${DARKNET_INCLUDE_DIR}
		INTERFACE_LINK_OPTIONS "-Wl,-rpath,${_darknet_dir}")
endif()
