# What `cmake --install` lays down: programs, model files, schema and man pages.
set(_data ${CMAKE_INSTALL_DATADIR}/countersign)
foreach(program countersignd countersign-vision countersign countersign-admin)
	if(TARGET ${program})
		install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
	endif()
endforeach()
install(DIRECTORY models/cfg models/weights DESTINATION ${_data}/models)
install(FILES models/MANIFEST models/calibration.tsv models/skin_pattern.tsv DESTINATION ${_data}/models)
install(DIRECTORY db/schema DESTINATION ${_data})
install(PROGRAMS deploy/mariadb/private DESTINATION ${_data}/mariadb)
# countersign-eval and countersign-bench stay in the build folder.
install(DIRECTORY deploy/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1"
	PATTERN "countersign-eval.1" EXCLUDE PATTERN "countersign-bench.1" EXCLUDE)
install(DIRECTORY deploy/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 FILES_MATCHING PATTERN "*.8")
