# db: fuzz targets
cs_fuzz_target(fuzz_seal_file fuzz/fuzz_seal_file.c)
if(TARGET fuzz_seal_file)
	target_link_libraries(fuzz_seal_file PRIVATE cs_db)
endif()
