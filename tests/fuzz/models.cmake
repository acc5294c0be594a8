# models: fuzz targets
cs_fuzz_target(fuzz_vision_wire fuzz/fuzz_vision_wire.c)
cs_fuzz_target(fuzz_jpeg fuzz/fuzz_jpeg.c)
cs_fuzz_target(fuzz_calibration fuzz/fuzz_calibration.c)
if(TARGET fuzz_jpeg)
	target_link_libraries(fuzz_vision_wire PRIVATE cs_proto m)
	target_link_libraries(fuzz_jpeg PRIVATE cs_models)
	target_link_libraries(fuzz_calibration PRIVATE cs_calibration)
endif()
