# client: fuzz targets
