# client: fuzz targets
cs_fuzz_target(fuzz_client fuzz/fuzz_client.c)
if(TARGET fuzz_client)
	target_link_libraries(fuzz_client PRIVATE cs_client)
endif()
cs_fuzz_target(fuzz_csv_in fuzz/fuzz_csv_in.c)
if(TARGET fuzz_csv_in)
	target_link_libraries(fuzz_csv_in PRIVATE cs_client)
endif()
