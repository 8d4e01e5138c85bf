import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** mongo-java-server in memory, on the loopback port that is the argument. */
class Main {
  /** Of itself it says that it speaks what MongoDB 4.2 did. The driver wants 4.4 or newer; what we use is the same in both. */
  private static final MongoVersion VERSION = new MongoVersion() {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(5, 0, 0);
    }

    @Override
    public int getWireVersion() {
      return 13;
    }
  };

  public static void main(String[] args) {
    MemoryBackend backend = new MemoryBackend();
    backend.version(VERSION);
    new MongoServer(backend).bind("127.0.0.1", Integer.parseInt(args[0]));
  }
}
