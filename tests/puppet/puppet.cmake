# puppet
