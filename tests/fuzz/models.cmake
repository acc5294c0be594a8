# models: fuzz targets
cs_fuzz_target(fuzz_vision_wire fuzz/fuzz_vision_wire.c)
if(TARGET fuzz_vision_wire)
	target_link_libraries(fuzz_vision_wire PRIVATE cs_proto m)
endif()
