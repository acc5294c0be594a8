# proto: fuzz targets
