# countersign-vision: the sandboxed worker that looks at pictures.
cs_library(cs_vision
	${CMAKE_CURRENT_LIST_DIR}/privileges.c
	${CMAKE_CURRENT_LIST_DIR}/sandbox.c
	${CMAKE_CURRENT_LIST_DIR}/vision_frame.c)
target_link_libraries(cs_vision PUBLIC cs_models cs_proto)
cs_foreign(cs_vision libseccomp)

cs_program(countersign-vision ${CMAKE_CURRENT_LIST_DIR}/vision_main.c)
target_link_libraries(countersign-vision PRIVATE cs_vision)
