# proto: fuzz targets
foreach(name envelope video_header invitation money account_number config_text)
	cs_fuzz_target(fuzz_${name} fuzz/fuzz_${name}.c)
	target_link_libraries(fuzz_${name} PRIVATE cs_proto)
endforeach()

# Writes the corpora of these targets again when messages have changed: seed_proto tests/fuzz/corpus
cs_left_out(seed_proto fuzz/seed_proto.c unit/msg_sample.c)
target_link_libraries(seed_proto PRIVATE cs_proto)
target_include_directories(seed_proto PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
